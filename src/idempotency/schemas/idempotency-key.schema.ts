import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';

/** A key that a service sent with a request, and the answer to it once there is one. */
@Schema({ collection: 'idempotencyKeys', versionKey: false, strict: 'throw' })
export class IdempotencyKey {
  /** The service's id and a hash of the key: unique by being the id. */
  @Prop({ type: String })
  _id!: string;

  /** Of the request that came with the key first. */
  @Prop({ required: true, type: String })
  fingerprint!: string;

  /** The id of what the request makes, however often it is carried out. */
  @Prop({ required: true, type: SchemaTypes.ObjectId })
  resource!: Types.ObjectId;

  /** Who is carrying the request out: another each time that it is taken up. */
  @Prop({ required: true, type: SchemaTypes.ObjectId })
  holder!: Types.ObjectId;

  /** Until then the holder is believed to be at it. */
  @Prop({ required: true, type: Date })
  lockedUntil!: Date;

  /** Sealed: answers hold tokens and keys. */
  @Prop({ type: String })
  answer?: string;

  @Prop({ required: true, type: Date })
  expiresAt!: Date;
}

export const IdempotencyKeySchema = SchemaFactory.createForClass(IdempotencyKey);
IdempotencyKeySchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
