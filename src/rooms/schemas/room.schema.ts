import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import { DUPLICATE_USER_POLICIES, type DuplicateUserPolicy } from '../duplicate-user-policy.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import { indexOutbox } from '../../outbox/outbox-field.js';
import type { RoomLife } from '../lifetime/room-life.js';
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

  /** How long it lives; absent for one that lives until it is deleted. */
  @Prop({ type: SchemaTypes.Mixed })
  life?: RoomLife;

  /** When something is to be done for its life: see `dueOf`. Absent for never. */
  @Prop({ type: Date })
  dueAt?: Date;

  /** Events that are on their way to the log. */
  @Prop({ type: [SchemaTypes.Mixed], default: undefined })
  outbox?: OutboxEntry[];

  // Of the mark of a deleted room, which is written past this schema: see `RoomMark`.
  deletedOf?: Types.ObjectId;
  deletedAt?: Date;
  nodeToTell?: Types.ObjectId;
  finishAt?: Date;
  expiresAt?: Date;
}

/**
 * What is left of a deleted room, under its id. It has no `service`, by which every query of a tenant finds rooms. Its call
 * is ended and its events are copied to the log before it expires, and until then its id makes no room again.
 */
export interface RoomMark {
  _id: Types.ObjectId;
  /** The tenant whose room it was. */
  deletedOf: Types.ObjectId;
  deletedAt: Date;
  /** The node that has its call, until that is ended, or noted to be. */
  nodeToTell?: Types.ObjectId;
  outbox?: OutboxEntry[];
  /** When somebody looks what is left to be done; absent for nothing. */
  finishAt?: Date;
  /** When it is forgotten, if nothing is left to be done. */
  expiresAt?: Date;
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
RoomSchema.index({ dueAt: 1 }, { partialFilterExpression: { dueAt: { $exists: true } } });
RoomSchema.index({ finishAt: 1 }, { partialFilterExpression: { finishAt: { $exists: true } } });
RoomSchema.index(
  { expiresAt: 1 },
  { expireAfterSeconds: 0, partialFilterExpression: { expiresAt: { $exists: true } } },
);
indexOutbox(RoomSchema);
