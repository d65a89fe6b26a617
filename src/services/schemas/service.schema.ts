import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import type { Roles } from '../../common/participant-roles/roles.js';
import type { ServiceRole } from '../../common/service-role.js';
import { EVENT_LOG_MODES, type EventLogMode } from '../event-log-mode.js';
import type { RoomDefaults } from '../room-defaults.js';

/** A tenant with a key: what Licode calls a service. */
@Schema({ collection: 'services', versionKey: false, strict: 'throw', minimize: false })
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

  /** When it was changed last. Absent until then. */
  @Prop({ type: Date })
  updatedAt?: Date;

  /** What its participants may be and do. Absent: as the settings say. */
  @Prop({ type: SchemaTypes.Mixed })
  roles?: Roles;

  /** What its event log holds. Absent for nothing. */
  @Prop({ type: String, enum: EVENT_LOG_MODES })
  eventLog?: EventLogMode;

  /** Set before its first ban: a token of a service without it is issued without looking for one. */
  @Prop({ type: Boolean })
  hasBans?: true;
  /** How its new rooms live where their creation does not say. Absent for until they are deleted. */
  @Prop({ type: SchemaTypes.Mixed })
  roomDefaults?: RoomDefaults;

  /** How often it was changed. Absent until then. */
  @Prop({ type: Number })
  revision?: number;

  /** Of the last changes that requests with an id of their own made: none is made again. */
  @Prop({ type: [SchemaTypes.ObjectId], default: undefined })
  changeIds?: Types.ObjectId[];
}

export const ServiceSchema = SchemaFactory.createForClass(Service);
