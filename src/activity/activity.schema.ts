import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** What is counted. */
const ACTIVITIES = ['issued', 'refused', 'redeemed', 'roomsChanged'] as const;

export type ActivityName = (typeof ACTIVITIES)[number];

/** What all instances did in one interval of ten seconds. */
@Schema({ collection: 'activity', versionKey: false, strict: 'throw' })
export class Activity {
  /** The interval's begin. */
  @Prop({ type: Date })
  _id!: Date;

  @Prop({ type: Number })
  issued?: number;

  @Prop({ type: Number })
  refused?: number;

  @Prop({ type: Number })
  redeemed?: number;

  @Prop({ type: Number })
  roomsChanged?: number;

  @Prop({ required: true, type: Date })
  expiresAt!: Date;
}

export const ActivitySchema = SchemaFactory.createForClass(Activity);
ActivitySchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
