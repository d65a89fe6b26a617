import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { Environment } from '../config/environment.js';
import type { EventType } from '../outbox/event-types.js';
import type { EventContent, OutboxEntry } from '../outbox/outbox-entry.js';
import { Outbox } from '../outbox/outbox.service.js';
import { ServicesService } from './services.service.js';

/** Makes events for those who keep a log of them; for others there is none, and a change costs what it did. */
@Injectable()
export class EventRecorder {
  private readonly superservice: Types.ObjectId;

  constructor(
    private readonly outbox: Outbox,
    private readonly services: ServicesService,
    { superserviceId }: Environment,
  ) {
    this.superservice = new Types.ObjectId(superserviceId);
  }

  /** Whether a service keeps a log; what it was up to a second ago. */
  async isLogged(service: Types.ObjectId): Promise<boolean> {
    return (await this.services.findEventLog(service)) !== 'off';
  }

  /** Whether its log is to tell of each token that is issued as well. */
  async isIssueLogged(service: Types.ObjectId): Promise<boolean> {
    return (await this.services.findEventLog(service)) === 'all';
  }

  /** @returns the event, to be written with the change that it tells of; none for a service without a log */
  async record(type: EventType, content: EventContent): Promise<OutboxEntry[]> {
    return (await this.isLogged(content.service)) ? [this.outbox.entry(type, content)] : [];
  }

  /** An event of the installation, which is in the superservice's own log. */
  ofInstallation(type: EventType, data: object): OutboxEntry {
    return this.outbox.entry(type, { service: this.superservice, data });
  }

  /** To be called when a change is written that came with events: they are in the log at once. */
  written(entries: readonly OutboxEntry[]): void {
    if (entries.length > 0) this.outbox.added();
  }
}
