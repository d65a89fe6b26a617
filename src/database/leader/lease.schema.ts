import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';

/** There is one lease. */
export const LEASE_ID = 'leader';

/** Who does what one instance at a time does. */
@Schema({ collection: 'leases', versionKey: false, strict: 'throw' })
export class Lease {
  @Prop({ type: String })
  _id!: string;

  /** An instance, by an id of its own. */
  @Prop({ required: true, type: SchemaTypes.ObjectId })
  holder!: Types.ObjectId;

  /** Counts how often it was taken and renewed: who sees it stand still sees a holder that has ended. */
  @Prop({ required: true, type: Number })
  term!: number;

  /** How often other instances have woken each duty. */
  @Prop({ type: SchemaTypes.Mixed })
  woken?: Record<string, number>;
}

export const LeaseSchema = SchemaFactory.createForClass(Lease);
