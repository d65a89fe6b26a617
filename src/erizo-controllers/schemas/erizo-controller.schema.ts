import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import { indexOutbox } from '../../outbox/outbox-field.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import type { ErizoController, ErizoControllerState } from '../erizo-controller.js';
import type { Labels } from '../labels.js';

/** Licode's collection, with `host` as the node's identity and a time instead of a counter. */
@Schema({ collection: 'erizoControllers', versionKey: false, strict: 'throw' })
export class ErizoControllerDocument implements ErizoController {
  _id!: Types.ObjectId;

  /** Host name, otherwise address, and port, in the one spelling there is. */
  @Prop({ required: true, type: String })
  host!: string;

  /** Address and port in the one spelling there is. Absent on nodes of an earlier version. */
  @Prop({ type: String })
  address?: string;

  @Prop({ required: true, type: String })
  ip!: string;

  @Prop({ type: String, default: '' })
  hostname!: string;

  @Prop({ required: true, type: Number })
  port!: number;

  @Prop({ required: true, type: Boolean })
  ssl!: boolean;

  @Prop({ required: true, type: Number })
  state!: ErizoControllerState;

  @Prop({ required: true, type: Date })
  lastSeen!: Date;

  @Prop({ type: Date })
  givenUp?: Date;

  @Prop({ required: true, type: Boolean })
  draining!: boolean;

  @Prop({ type: Boolean })
  reports?: boolean;

  @Prop({ type: String })
  region?: string;

  @Prop({ type: SchemaTypes.Mixed })
  labels?: Labels;

  @Prop({ type: Number })
  load?: number;

  @Prop({ type: Date })
  loadAt?: Date;

  @Prop({ type: String })
  controlUrl?: string;

  @Prop({ type: SchemaTypes.ObjectId })
  service?: Types.ObjectId;

  @Prop({ required: true, type: Date })
  createdAt!: Date;

  @Prop({ type: Date })
  updatedAt?: Date;

  @Prop({ type: [SchemaTypes.ObjectId], default: undefined })
  changeIds?: Types.ObjectId[];

  @Prop({ type: [SchemaTypes.Mixed], default: undefined })
  outbox?: OutboxEntry[];
}

export const ErizoControllerSchema = SchemaFactory.createForClass(ErizoControllerDocument);
// Sparse: the documents of a Licode installation have no `host`.
ErizoControllerSchema.index({ host: 1 }, { unique: true, sparse: true });
indexOutbox(ErizoControllerSchema);
