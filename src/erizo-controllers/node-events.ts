import { Injectable } from '@nestjs/common';
import type { Types } from 'mongoose';
import type { OutboxEntry } from '../outbox/outbox-entry.js';
import { EventRecorder } from '../services/event-recorder.js';
import type { NodeDrainingEventDto } from './dto/node-draining-event.dto.js';
import type { NodeEventDto } from './dto/node-event.dto.js';
import { hostOf } from './node-host.js';

type NodeEventType = 'node.registered' | 'node.lost' | 'node.recovered' | 'node.draining';

interface Told {
  _id: Types.ObjectId;
  ip: string;
  hostname: string;
  port: number;
  region?: string;
}

/** What becomes of nodes, for the installation's own log. */
@Injectable()
export class NodeEvents {
  constructor(private readonly recorder: EventRecorder) {}

  /** Makes an event, to be written with the change that it tells of. */
  of(type: NodeEventType, node: Told, more: { draining?: boolean } = {}): OutboxEntry[] {
    const { _id, region } = node;
    const told = {
      id: _id.toHexString(),
      host: hostOf(node),
      ...(region !== undefined && { region }),
    };
    const data: NodeEventDto | NodeDrainingEventDto = { node: told, ...more };
    return [this.recorder.ofInstallation(type, data)];
  }

  /** To be called when it is written. */
  written(entries: readonly OutboxEntry[]): void {
    this.recorder.written(entries);
  }
}
