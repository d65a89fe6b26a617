import type { Types } from 'mongoose';

/** Which services were imported, and when: what is missing of them later was deleted. */
export interface ImportMark {
  _id: Types.ObjectId;
  importedAt: Date;
  /** The database that it was given back to, until it is imported again: there, Nuve may have changed it. */
  returnedTo?: string;
}
