import type { Types } from 'mongoose';
import type { AuthenticatedRequest } from '../auth/authenticated-request.js';
import type { StoredAnswer } from './stored-answer.js';

/** The key of a request that is being carried out. */
export interface HeldKey {
  /** The id that what is made gets: the same when the request is carried out again. */
  readonly resource: Types.ObjectId;
  /**
   * Ends the request.
   *
   * @param answer what is answered from now on; undefined lets whoever asks next carry the request out
   * @throws what the driver throws when the database is away
   */
  settle(answer: StoredAnswer | undefined): Promise<void>;
}

export interface KeyedRequest extends AuthenticatedRequest {
  heldKey?: HeldKey;
}
