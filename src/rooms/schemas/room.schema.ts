import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import { DUPLICATE_USER_POLICIES, type DuplicateUserPolicy } from '../duplicate-user-policy.js';
import type { RoomData } from '../room-data.js';
import type { Seats } from '../room-seats.js';

@Schema({ collection: 'rooms', versionKey: false, strict: 'throw', minimize: false })
export class Room {
  _id!: Types.ObjectId;

  /** The tenant whose room this is. */
  @Prop({ required: true, type: SchemaTypes.ObjectId })
  service!: Types.ObjectId;

  @Prop({ required: true, type: String })
  name!: string;

  @Prop({ type: Boolean })
  p2p?: true;

  @Prop({ type: SchemaTypes.Mixed })
  data?: RoomData;

  @Prop({ type: String })
  mediaConfiguration?: string;

  @Prop({ type: Number })
  maxParticipants?: number;

  /** What becomes of somebody who comes in twice. Absent for nothing: both are in. */
  @Prop({ type: String, enum: DUPLICATE_USER_POLICIES })
  duplicateUser?: DuplicateUserPolicy;

  /** The node that has the room, once a token was asked for. */
  @Prop({ type: SchemaTypes.ObjectId })
  erizoControllerId?: Types.ObjectId;

  /** Set on the room that getOrCreate made: the index on it lets two racing calls make one room. */
  @Prop({ type: String })
  uniqueName?: string;

  /** Set on the one test room of a service. */
  @Prop({ type: Boolean })
  test?: true;

  /** Redemptions that count against maxParticipants; see SeatsService. */
  @Prop({ type: SchemaTypes.Mixed })
  seats?: Seats;

  @Prop({ required: true, type: Date })
  createdAt!: Date;

  /** When its tenant changed it last; absent until then. */
  @Prop({ type: Date })
  updatedAt?: Date;

  /** Counts the changes of what its tenant sees; absent for none. */
  @Prop({ type: Number })
  revision?: number;

  /** Of the last changes that requests with an id of their own made: none is made again. */
  @Prop({ type: [SchemaTypes.ObjectId], default: undefined })
  changeIds?: Types.ObjectId[];

  /** By which it is found by a part of its name: see `nameParts`. */
  @Prop({ type: [String], default: undefined })
  nameParts?: string[];

  /** By which it is found by a field of its data: see `dataPairs`. Absent for none. */
  @Prop({ type: [String], default: undefined })
  dataPairs?: string[];
}

/**
 * What a tenant may set on a room besides its name. What is projected, created, changed and shown is worked out from this
 * list, and the DTOs do not compile when they are without one of them, or have another.
 */
export const SETTINGS = [
  'p2p',
  'data',
  'mediaConfiguration',
  'maxParticipants',
  'duplicateUser',
] as const;

export const RoomSchema = SchemaFactory.createForClass(Room);
RoomSchema.index({ service: 1, _id: 1 });
RoomSchema.index({ service: 1, name: 1, _id: 1 });
RoomSchema.index({ service: 1, name: 1, createdAt: 1, _id: 1 });
RoomSchema.index(
  { service: 1, uniqueName: 1 },
  { unique: true, partialFilterExpression: { uniqueName: { $exists: true } } },
);
RoomSchema.index({ service: 1 }, { unique: true, partialFilterExpression: { test: true } });
RoomSchema.index({ service: 1, createdAt: 1, _id: 1 });
RoomSchema.index({ service: 1, erizoControllerId: 1, createdAt: 1, _id: 1 });
RoomSchema.index(
  { service: 1, createdAt: 1, _id: 1, erizoControllerId: 1 },
  { partialFilterExpression: { erizoControllerId: { $exists: true } } },
);
RoomSchema.index({ service: 1, nameParts: 1, _id: 1 });
RoomSchema.index(
  { service: 1, dataPairs: 1, createdAt: 1, _id: 1 },
  { partialFilterExpression: { dataPairs: { $exists: true } } },
);
