import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import type { EventType } from '../../outbox/event-types.js';

/** An event in the log. It is never changed. */
@Schema({ collection: 'events', versionKey: false, strict: 'throw' })
export class Event {
  /** Its place among the events of all services: 1, 2, 3, … without a gap. */
  @Prop({ type: Number })
  _id!: number;

  /** By which it is known to those it is told, and to the outbox that it came from. */
  @Prop({ required: true, type: SchemaTypes.ObjectId })
  id!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  service!: Types.ObjectId;

  /** Its place among the events of its service: 1, 2, 3, … without a gap. */
  @Prop({ required: true, type: Number })
  sequence!: number;

  @Prop({ required: true, type: String })
  type!: EventType;

  /** When it happened, by the database's clock. */
  @Prop({ required: true, type: Date })
  at!: Date;

  @Prop({ type: SchemaTypes.ObjectId })
  room?: Types.ObjectId;

  /** JSON. */
  @Prop({ required: true, type: String })
  data!: string;

  /** When it came into the log, by the database's clock: by that it is kept. */
  @Prop({ required: true, type: Date })
  loggedAt!: Date;
}

export const EventSchema = SchemaFactory.createForClass(Event);
EventSchema.index({ service: 1, sequence: 1 }, { unique: true });
EventSchema.index({ id: 1 }, { unique: true });
