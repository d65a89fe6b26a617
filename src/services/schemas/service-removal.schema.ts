import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';

/** A service that is being deleted: kept until nothing can be made in its name any more. */
@Schema({ collection: 'serviceRemovals', versionKey: false, strict: 'throw' })
export class ServiceRemoval {
  /** The service's, unless that is said beside it. */
  _id!: Types.ObjectId;

  /** The service, of a removal that is its own because it may come to nothing: see `revisions`. */
  @Prop({ type: SchemaTypes.ObjectId })
  service?: Types.ObjectId;

  /** With another revision the service stays. */
  @Prop({ type: [Number], default: undefined })
  revisions?: number[];

  @Prop({ required: true, type: Date })
  createdAt!: Date;
}

export const ServiceRemovalSchema = SchemaFactory.createForClass(ServiceRemoval);
