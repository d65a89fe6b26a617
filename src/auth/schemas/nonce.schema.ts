import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** A header that was used; kept for longer than its timestamp would let it in again. */
@Schema({ collection: 'nonces', versionKey: false, strict: 'throw' })
export class Nonce {
  /** Service, timestamp and the beginning of the signature: unique by being the id. */
  @Prop({ type: String })
  _id!: string;

  @Prop({ required: true, type: Date })
  expiresAt!: Date;
}

export const NonceSchema = SchemaFactory.createForClass(Nonce);
NonceSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
