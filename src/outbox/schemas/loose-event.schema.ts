import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import { indexOutbox } from '../outbox-field.js';
import type { OutboxEntry } from '../outbox-entry.js';

/** An event that is no change of a document, such as a refusal. It goes when it is in the log. */
@Schema({ collection: 'looseEvents', versionKey: false, strict: 'throw' })
export class LooseEvent {
  _id!: Types.ObjectId;

  @Prop({ type: [SchemaTypes.Mixed], default: undefined })
  outbox?: OutboxEntry[];
}

export const LooseEventSchema = SchemaFactory.createForClass(LooseEvent);
indexOutbox(LooseEventSchema);
