import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import { indexOutbox } from '../../outbox/outbox-field.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';

/** That a token was used. */
export interface RedemptionMark {
  /** By the database's clock. */
  at: Date;
  /** The same, where its service keeps a log: by that it is found. */
  loggedAt?: Date;
  /** The node that redeemed it. */
  by: string;
  /** Of the one call that set the mark. */
  attempt: Types.ObjectId;
}

/** That a token was taken back. */
export interface RevocationMark {
  /** By the database's clock. */
  at: Date;
}

/** Leave to enter a room once; a test room's, 490 times. */
@Schema({ collection: 'tokens', versionKey: false, strict: 'throw' })
export class Token {
  _id!: Types.ObjectId;

  @Prop({ required: true, type: String })
  userName!: string;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  room!: Types.ObjectId;

  @Prop({ required: true, type: String })
  role!: string;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  service!: Types.ObjectId;

  @Prop({ required: true, type: Date })
  creationDate!: Date;

  @Prop({ required: true, type: String })
  mediaConfiguration!: string;

  /** `hostname:port` of the node that may redeem it. */
  @Prop({ required: true, type: String })
  host!: string;

  @Prop({ required: true, type: Boolean })
  secure!: boolean;

  /** The node that the room was on. Absent on a test room's token, which is for no room's node. */
  @Prop({ type: SchemaTypes.ObjectId })
  erizoControllerId?: Types.ObjectId;

  @Prop({ type: Boolean })
  p2p?: true;

  /** How often it was redeemed: only a test room's token counts. */
  @Prop({ type: Number })
  use?: number;

  /** The participant, by the tenant's own stable id. */
  @Prop({ type: String })
  userId?: string;

  /** JSON of what the tenant wants to come back: a text, so that `$` and `.` in it are characters. */
  @Prop({ type: String })
  metadata?: string;

  /** It is not good before. */
  @Prop({ type: Date })
  notBefore?: Date;

  /** When the database removes it. Put off, on a test room's token, each time that it is asked for. */
  @Prop({ required: true, type: Date })
  expiresAt!: Date;

  /** Until when it is good, where the document is kept for longer, for what it says. */
  @Prop({ type: Date })
  validUntil?: Date;

  @Prop({ type: SchemaTypes.Mixed })
  redeemed?: RedemptionMark;

  @Prop({ type: SchemaTypes.Mixed })
  revoked?: RevocationMark;

  @Prop({ type: [SchemaTypes.Mixed], default: undefined })
  outbox?: OutboxEntry[];
}

export const TokenSchema = SchemaFactory.createForClass(Token);
TokenSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
TokenSchema.index({ room: 1, _id: 1 });
// Who was let in where there is a log: into a room, by a name, and lately.
const LOGGED = { partialFilterExpression: { 'redeemed.loggedAt': { $exists: true } } };
TokenSchema.index({ room: 1, userName: 1, 'redeemed.loggedAt': -1 }, LOGGED);
TokenSchema.index({ 'redeemed.loggedAt': 1 }, LOGGED);
TokenSchema.index(
  { room: 1, role: 1, userName: 1 },
  { partialFilterExpression: { use: { $exists: true } } },
);
indexOutbox(TokenSchema);
