import { Types } from 'mongoose';
import { DatabaseClock } from '../../../src/database/database-clock.js';
import type { EventType } from '../../../src/outbox/event-types.js';
import { Outbox } from '../../../src/outbox/outbox.service.js';
import type { Answer, ApiClient } from '../../support/api-client.js';
import type { TestApp } from '../../support/test-app.js';

export interface Webhook {
  id: string;
  url: string;
  types: string[];
  rooms?: string[];
  description?: string;
  enabled: boolean;
  disabledReason?: string;
  failingSince?: string;
  missed?: { from: number; to: number; at: string };
  recoveringUpTo?: number;
  createdAt: string;
  updatedAt: string;
}

export interface Delivery {
  id: string;
  eventId: string;
  type: string;
  sequence: number;
  status: string;
  attempts: { at: string; status?: number; durationMs: number; error?: string }[];
  nextAttemptAt?: string;
}

interface EventOptions {
  type?: EventType;
  room?: Types.ObjectId;
  data?: object;
}

/** Has something happen in a tenant's log. @returns the event's id */
export async function happen(
  { app }: TestApp,
  { credentials }: ApiClient,
  { type = 'room.updated', room, data = {} }: EventOptions = {},
): Promise<string> {
  const outbox = app.get(Outbox);
  const service = new Types.ObjectId(credentials?.serviceId);
  const entry = outbox.entry(type, { service, ...(room && { room }), data });
  await outbox.add(entry);
  return `evt_${entry.id.toHexString()}`;
}

/** The same, so many times, at once. */
export function happenOften(
  app: TestApp,
  tenant: ApiClient,
  count: number,
  options: (index: number) => EventOptions = () => ({ room: new Types.ObjectId() }),
): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => happen(app, tenant, options(index))),
  );
}

export async function createWebhook(
  tenant: ApiClient,
  url: string,
  settings: object = {},
): Promise<Webhook & { secret: string }> {
  const answer = await tenant.post('/v1/webhooks', { url, ...settings });
  if (answer.status !== 201) throw new Error(`No webhook: ${answer.status} ${answer.text}`);
  return answer.json as Webhook & { secret: string };
}

export async function readWebhook(tenant: ApiClient, id: string): Promise<Webhook> {
  return (await tenant.get(`/v1/webhooks/${id}`)).json as Webhook;
}

export async function deliveriesOf(tenant: ApiClient, id: string, query = ''): Promise<Delivery[]> {
  const { json } = await tenant.get(`/v1/webhooks/${id}/deliveries${query}`);
  return (json as { items: Delivery[] }).items;
}

/** Asks until what is answered is so: it is written down a little after it was sent. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isSo: (answer: T) => boolean,
): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
  }
}

export const idOf = ({ json }: Answer): string => (json as { id: string }).id;

/** The database's time, by which the schedule goes, moved away from the real one. */
export class ScheduleClock {
  private offsetMs = 0;
  private readonly now: () => number;

  constructor({ app }: TestApp) {
    const clock = app.get(DatabaseClock);
    const now = clock.now.bind(clock);
    this.now = () => now() + this.offsetMs;
    clock.now = this.now;
  }

  advance(ms: number): void {
    this.offsetMs += ms;
  }

  /** How long it is until then. */
  until(time: string | undefined): number {
    return Date.parse(time ?? '') - this.now();
  }
}
