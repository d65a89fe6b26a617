import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import { indexOutbox } from '../../outbox/outbox-field.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import type { DisabledReason } from '../disabled-reason.js';

/** A secret that is still signed with after it was replaced. */
export interface PreviousSecret {
  sealed: string;
  until: Date;
}

/** Events that were to be sent and are kept no longer. */
export interface MissedEvents {
  from: number;
  to: number;
  at: Date;
}

/** A part of the log that is being sent once more. */
export interface Recovery {
  id: Types.ObjectId;
  /** What follows this sequence is sent, as far as `upTo`. */
  after: number;
  upTo: number;
}

/** Where a tenant has its events sent. */
@Schema({ collection: 'webhooks', versionKey: false, strict: 'throw', minimize: false })
export class Webhook {
  _id!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  service!: Types.ObjectId;

  /** One of the numbers below the limit, each taken once: the index on it makes the limit exact. */
  @Prop({ required: true, type: Number })
  slot!: number;

  @Prop({ required: true, type: String })
  url!: string;

  /** Types, or with a star the beginning of some. */
  @Prop({ required: true, type: [String] })
  types!: string[];

  /** Absent: events of all rooms, and of none. */
  @Prop({ type: [SchemaTypes.ObjectId], default: undefined })
  rooms?: Types.ObjectId[];

  @Prop({ type: String })
  description?: string;

  @Prop({ required: true, type: Boolean })
  enabled!: boolean;

  /** Why it was switched off, where nobody asked for that. */
  @Prop({ type: String })
  disabledReason?: DisabledReason;

  /** Sealed by KeySealer. */
  @Prop({ required: true, type: String })
  sealedSecret!: string;

  @Prop({ type: [SchemaTypes.Mixed], default: undefined })
  previousSecrets?: PreviousSecret[];

  /** The sequence of the last event that was sent or is to be sent again: what follows it is to be sent yet. */
  @Prop({ required: true, type: Number })
  cursor!: number;

  /** Since when no attempt has succeeded; absent while some do. */
  @Prop({ type: Date })
  failingSince?: Date;

  @Prop({ type: SchemaTypes.Mixed })
  missed?: MissedEvents;

  @Prop({ type: SchemaTypes.Mixed })
  recovery?: Recovery;

  @Prop({ required: true, type: Date })
  createdAt!: Date;

  @Prop({ type: Date })
  updatedAt?: Date;

  @Prop({ type: Number })
  revision?: number;

  /** Of the last changes that requests with an id of their own made: none is made again. */
  @Prop({ type: [SchemaTypes.ObjectId], default: undefined })
  changeIds?: Types.ObjectId[];

  /** When there was something for the instance that sends to look at, by the database's clock, and how often. */
  @Prop({ required: true, type: Date })
  changedAt!: Date;

  @Prop({ required: true, type: Number })
  changes!: number;

  @Prop({ type: [SchemaTypes.Mixed], default: undefined })
  outbox?: OutboxEntry[];
}

export const WebhookSchema = SchemaFactory.createForClass(Webhook);
WebhookSchema.index({ service: 1, slot: 1 }, { unique: true });
WebhookSchema.index({ service: 1, _id: 1 });
WebhookSchema.index({ changedAt: 1 });
indexOutbox(WebhookSchema);
