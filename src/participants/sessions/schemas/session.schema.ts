import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import { indexOutbox } from '../../../outbox/outbox-field.js';
import type { OutboxEntry } from '../../../outbox/outbox-entry.js';
import type { SessionReason, SessionSource } from '../session.js';

/** That somebody is, or was, in a room, from when to when. Of tenants with an event log alone. */
@Schema({ collection: 'sessions', versionKey: false, strict: 'throw', minimize: false })
export class Session {
  _id!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  service!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  room!: Types.ObjectId;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  node!: Types.ObjectId;

  /** The node's own id of the person. Absent where the node does not tell who comes and goes. */
  @Prop({ type: String })
  participantId?: string;

  @Prop({ required: true, type: String })
  userName!: string;

  @Prop({ type: String })
  role?: string;

  @Prop({ type: String })
  userId?: string;

  /** JSON, as the token has it. */
  @Prop({ type: String })
  metadata?: string;

  /** Of the token by which they came, where that is known. */
  @Prop({ type: SchemaTypes.ObjectId })
  tokenId?: Types.ObjectId;

  @Prop({ required: true, type: String })
  source!: SessionSource;

  /** Whether they are in. */
  @Prop({ required: true, type: Boolean })
  open!: boolean;

  @Prop({ required: true, type: Date })
  joinedAt!: Date;

  @Prop({ type: Date })
  leftAt?: Date;

  @Prop({ type: String })
  reason?: SessionReason;

  /** Each midnight (UTC) at which they were in, once they have left: by it a day's usage finds who came the day before. */
  @Prop({ type: [Date], default: undefined })
  midnights?: Date[];

  /** Set on leaving: what lives is removed by no index. */
  @Prop({ type: Date })
  expiresAt?: Date;

  @Prop({ type: [SchemaTypes.Mixed], default: undefined })
  outbox?: OutboxEntry[];
}

export const SessionSchema = SchemaFactory.createForClass(Session);
const OPEN = { open: true };
const ORDER = { open: -1, joinedAt: -1, _id: -1 } as const;
SessionSchema.index({ service: 1, room: 1, ...ORDER });
SessionSchema.index({ service: 1, room: 1, userName: 1, ...ORDER });
SessionSchema.index(
  { service: 1, room: 1, userId: 1, ...ORDER },
  { partialFilterExpression: { userId: { $exists: true } } },
);
// Usage: who joined in a time, who was in at its beginning and has left, who is in.
SessionSchema.index({ service: 1, joinedAt: 1 });
SessionSchema.index(
  { service: 1, midnights: 1 },
  { partialFilterExpression: { midnights: { $exists: true } } },
);
SessionSchema.index({ service: 1, open: 1, joinedAt: 1 }, { partialFilterExpression: OPEN });
// Whom a ban meets.
SessionSchema.index({ service: 1, userName: 1, _id: 1 }, { partialFilterExpression: OPEN });
SessionSchema.index(
  { service: 1, userId: 1, _id: 1 },
  { partialFilterExpression: { ...OPEN, userId: { $exists: true } } },
);
// What a node is told to have lost, and has lost.
SessionSchema.index({ node: 1, _id: 1 }, { partialFilterExpression: OPEN });
SessionSchema.index({ leftAt: 1 }, { partialFilterExpression: { reason: 'node_lost' } });
// Somebody whom a node names is in once, however often and to whomever it is told.
SessionSchema.index(
  { node: 1, room: 1, participantId: 1 },
  { unique: true, partialFilterExpression: { ...OPEN, participantId: { $exists: true } } },
);
// Whom a node names that was asked before.
SessionSchema.index(
  { node: 1, room: 1, userName: 1 },
  { partialFilterExpression: { ...OPEN, source: 'polled' } },
);
SessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
indexOutbox(SessionSchema);
