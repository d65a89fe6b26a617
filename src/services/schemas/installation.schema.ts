import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** The only document of its collection. */
export const INSTALLATION_ID = 'installation';

/** What belongs to the database as a whole, and to no service. */
@Schema({ collection: 'installation', versionKey: false, strict: 'throw' })
export class Installation {
  @Prop({ type: String })
  _id!: string;

  /** A fixed string, sealed by KeySealer: it opens under the secret that the keys of this database are sealed with. */
  @Prop({ required: true, type: String })
  sealedCheck!: string;
}

export const InstallationSchema = SchemaFactory.createForClass(Installation);
