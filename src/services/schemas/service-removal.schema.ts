import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Types } from 'mongoose';

/** A service that is being deleted: kept until nothing can be made in its name any more. */
@Schema({ collection: 'serviceRemovals', versionKey: false, strict: 'throw' })
export class ServiceRemoval {
  /** The service's. */
  _id!: Types.ObjectId;

  @Prop({ required: true, type: Date })
  createdAt!: Date;
}

export const ServiceRemovalSchema = SchemaFactory.createForClass(ServiceRemoval);
