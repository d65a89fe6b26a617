import type { Event } from '../schemas/event.schema.js';

/** An event as it is read. */
export type LoggedEvent = Omit<Event, 'loggedAt'>;

/** Which log: of one service, or of all. */
export type LogScope = Event['service'] | 'all';

/** The event's number in that log. A cursor is the number of the last event that was seen. */
export function numberIn(scope: LogScope, { _id, sequence }: LoggedEvent): number {
  return scope === 'all' ? _id : sequence;
}

/** By which clients know it. */
export function eventId({ id }: Pick<LoggedEvent, 'id'>): string {
  return `evt_${id.toHexString()}`;
}

const texts = new WeakMap<LoggedEvent, string>();

/** JSON of the event, as clients and webhooks get it; written once for all who read it. */
export function eventJson(event: LoggedEvent): string {
  let text = texts.get(event);
  if (text === undefined) {
    const { type, at, sequence, service, room, data } = event;
    const envelope = {
      id: eventId(event),
      type,
      timestamp: at.toISOString(),
      sequence,
      serviceId: service.toHexString(),
      ...(room && { roomId: room.toHexString() }),
    };
    text = `${JSON.stringify(envelope).slice(0, -1)},"data":${data}}`;
    texts.set(event, text);
  }
  return text;
}
