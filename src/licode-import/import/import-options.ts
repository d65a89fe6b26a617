import type { mongo, Types } from 'mongoose';

export interface ImportOptions {
  /** Licode's `nuvedb`. */
  source: mongo.Db;
  /** Nuvem's database; may be the same one. */
  target: mongo.Db;
  superserviceId: Types.ObjectId;
  /** Makes a service's key unreadable in the database. */
  seal(key: string): string;
  /** Reads a sealed key. @throws when it was sealed under another secret */
  open(sealed: string): string;
  /** Without it nothing is written. */
  apply: boolean;
}
