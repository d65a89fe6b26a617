import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import { indexOutbox } from '../../../outbox/outbox-field.js';
import type { OutboxEntry } from '../../../outbox/outbox-entry.js';

/** That everyone of a name is to be out of a room: until its node says that they are. */
@Schema({ collection: 'participantRemovals', versionKey: false, strict: 'throw' })
export class ParticipantRemoval {
  _id!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  service!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  room!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  node!: Types.ObjectId;

  @Prop({ required: true, type: String })
  userName!: string;

  @Prop({ type: String })
  userId?: string;

  @Prop({ required: true, type: Date })
  requestedAt!: Date;

  /** Whether somebody of that name was in, as far as the node has told. */
  @Prop({ type: Boolean })
  found?: true;

  /** When the node is asked next. Absent once it is done. */
  @Prop({ type: Date })
  nextAt?: Date;

  /** Set once it is done: it is kept until its event is in the log. */
  @Prop({ type: Date })
  expiresAt?: Date;

  @Prop({ type: [SchemaTypes.Mixed], default: undefined })
  outbox?: OutboxEntry[];
}

export const ParticipantRemovalSchema = SchemaFactory.createForClass(ParticipantRemoval);
const PENDING = { partialFilterExpression: { nextAt: { $exists: true } } };
ParticipantRemovalSchema.index({ room: 1, userName: 1 }, { unique: true, ...PENDING });
ParticipantRemovalSchema.index({ nextAt: 1 }, PENDING);
ParticipantRemovalSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
indexOutbox(ParticipantRemovalSchema);
