import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import type { EventType } from '../../outbox/event-types.js';
import type { Attempt } from '../attempt.js';
import type { DeliveryStatus } from '../delivery-status.js';

/** What became of an event at one webhook. */
@Schema({ collection: 'webhookDeliveries', versionKey: false, strict: 'throw' })
export class WebhookDelivery {
  _id!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  service!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  webhook!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  event!: Types.ObjectId;

  @Prop({ required: true, type: String })
  type!: EventType;

  /** Of the event, by which it is read again. */
  @Prop({ required: true, type: Number })
  sequence!: number;

  @Prop({ required: true, type: String })
  status!: DeliveryStatus;

  /** The last ones, oldest first. */
  @Prop({ required: true, type: [SchemaTypes.Mixed] })
  attempts!: Attempt[];

  /** How many attempts have failed since it was sent for the first time, or once more. */
  @Prop({ required: true, type: Number })
  failures!: number;

  /** By the database's clock. Absent where there will be none. */
  @Prop({ type: Date })
  nextAttemptAt?: Date;

  @Prop({ required: true, type: Date })
  expiresAt!: Date;
}

export const WebhookDeliverySchema = SchemaFactory.createForClass(WebhookDelivery);
WebhookDeliverySchema.index({ service: 1, webhook: 1, sequence: -1 }, { unique: true });
WebhookDeliverySchema.index({ service: 1, webhook: 1, status: 1, sequence: -1 });
WebhookDeliverySchema.index(
  { webhook: 1, nextAttemptAt: 1 },
  { partialFilterExpression: { nextAttemptAt: { $exists: true } } },
);
WebhookDeliverySchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
