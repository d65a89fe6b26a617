import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';

/** A call that is still to be ended: its room was deleted while its node could not be reached. */
@Schema({ collection: 'roomEnds', versionKey: false, strict: 'throw' })
export class PendingRoomClosure {
  /** The room's id, as hex. */
  @Prop({ type: String })
  _id!: string;

  @Prop({ required: true, type: SchemaTypes.ObjectId })
  erizoController!: Types.ObjectId;

  /** Until then the instance that took it is trying. */
  @Prop({ required: true, type: Date })
  nextTryAt!: Date;

  @Prop({ required: true, type: Date })
  createdAt!: Date;
}

export const PendingRoomClosureSchema = SchemaFactory.createForClass(PendingRoomClosure);
PendingRoomClosureSchema.index({ erizoController: 1, nextTryAt: 1 });
