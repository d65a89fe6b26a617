import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** How far a log was pruned: written down before its events go, so that their numbers are never given again. */
@Schema({ collection: 'eventStreams', versionKey: false, strict: 'throw' })
export class EventStream {
  /** Of the service, as hex; `all` for the log of all. */
  @Prop({ type: String })
  _id!: string;

  /** The number of the last event that is kept no more. */
  @Prop({ required: true, type: Number })
  pruned!: number;
}

export const EventStreamSchema = SchemaFactory.createForClass(EventStream);
