import type { Types } from 'mongoose';
import type { EventType } from './event-types.js';

/** An event that is on its way from the document that was changed to the log. */
export interface OutboxEntry {
  /** Of the event: it is in the log once, however often it is copied. */
  id: Types.ObjectId;
  type: EventType;
  /** When it happened, by the database's clock. */
  at: Date;
  /** Whose log it is for. */
  service: Types.ObjectId;
  room?: Types.ObjectId;
  /** JSON of the event's `data`: a text, so that `$` and `.` in what tenants send are characters. */
  data: string;
}

/** What an event is about. */
export interface EventContent {
  service: Types.ObjectId;
  room?: Types.ObjectId;
  /** As it is shown: the type's DTO. */
  data: object;
}
