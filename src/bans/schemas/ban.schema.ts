import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import { indexOutbox } from '../../outbox/outbox-field.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';

/** Somebody who is kept out, of a room or of all of a tenant's. */
@Schema({ collection: 'bans', versionKey: false, strict: 'throw' })
export class Ban {
  _id!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  service!: Types.ObjectId;

  /** Absent where it is of all rooms. */
  @Prop({ type: SchemaTypes.ObjectId })
  room?: Types.ObjectId;

  @Prop({ type: String })
  userName?: string;

  @Prop({ type: String })
  userId?: string;

  /** Until when, by the database's clock. Absent for ever. */
  @Prop({ type: Date })
  until?: Date;

  @Prop({ type: String })
  reason?: string;

  @Prop({ required: true, type: Date })
  createdAt!: Date;

  /** Where it holds, by which it is listed. Absent, as what follows, once it is lifted: only its event is left then. */
  @Prop({ type: String })
  scope?: string;

  /** By which it is found: its scope and whom it is of. */
  @Prop({ type: String })
  key?: string;

  /** Its place among those of its service, of which there is a number. */
  @Prop({ type: Number })
  slot?: number;

  /** Its place among those of its room. */
  @Prop({ type: Number })
  roomSlot?: number;

  /** When the database removes it: some time after it has ended. */
  @Prop({ type: Date })
  expiresAt?: Date;

  @Prop({ type: [SchemaTypes.Mixed], default: undefined })
  outbox?: OutboxEntry[];
}

export const BanSchema = SchemaFactory.createForClass(Ban);
BanSchema.index({ key: 1 }, { unique: true, sparse: true });
BanSchema.index({ scope: 1, _id: 1 });
BanSchema.index(
  { service: 1, slot: 1 },
  { unique: true, partialFilterExpression: { slot: { $exists: true } } },
);
BanSchema.index(
  { room: 1, roomSlot: 1 },
  { unique: true, partialFilterExpression: { roomSlot: { $exists: true } } },
);
BanSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
indexOutbox(BanSchema);
