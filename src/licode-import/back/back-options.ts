import type { mongo, Types } from 'mongoose';

export interface BackOptions {
  /** Licode's `nuvedb`, which Nuve will run on again. */
  nuve: mongo.Db;
  /** Nuvem's database; may be the same one. No instance runs on it. */
  nuvem: mongo.Db;
  superservice: { id: Types.ObjectId; key: string };
  /** Reads a sealed key. @throws when it was sealed under another secret */
  open: (sealed: string) => string;
  /** Writes the keys of services in clear, as Nuve needs them to let those in that were made since. */
  withKeys: boolean;
  /** Without it nothing is written. */
  apply: boolean;
}
