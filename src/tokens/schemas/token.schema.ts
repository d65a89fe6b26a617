import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';

/** That a token was redeemed. */
export interface Redemption {
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

  /** The app's own id of whom it lets in. */
  @Prop({ type: String })
  userId?: string;

  /** JSON of what the app wants to hear again of whom it lets in. */
  @Prop({ type: String })
  metadata?: string;

  /** Set once it was redeemed. */
  @Prop({ type: SchemaTypes.Mixed })
  redeemed?: Redemption;

  /** How often it was redeemed: only a test room's token counts. */
  @Prop({ type: Number })
  use?: number;

  /** Put off, on a test room's token, each time that it is asked for. */
  @Prop({ required: true, type: Date })
  expiresAt!: Date;
}

export const TokenSchema = SchemaFactory.createForClass(Token);
TokenSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
// Who was let in: into a room, by a name, and lately.
const REDEEMED = { partialFilterExpression: { redeemed: { $exists: true } } };
TokenSchema.index({ room: 1, userName: 1, 'redeemed.at': -1 }, REDEEMED);
TokenSchema.index({ 'redeemed.at': 1 }, REDEEMED);
TokenSchema.index(
  { room: 1, role: 1, userName: 1 },
  { partialFilterExpression: { use: { $exists: true } } },
);
