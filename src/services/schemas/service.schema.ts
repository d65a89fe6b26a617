import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Types } from 'mongoose';
import type { ServiceRole } from '../../common/service-role.js';

/** A tenant with a key: what Licode calls a service. */
@Schema({ collection: 'services', versionKey: false, strict: 'throw' })
export class Service {
  _id!: Types.ObjectId;

  @Prop({ required: true, type: String })
  name!: string;

  @Prop({ required: true, type: String })
  role!: ServiceRole;

  /** The HMAC key, sealed by KeySealer. The superservice has none here. */
  @Prop({ type: String })
  sealedKey?: string;

  @Prop({ required: true, type: Date })
  createdAt!: Date;
}

export const ServiceSchema = SchemaFactory.createForClass(Service);
