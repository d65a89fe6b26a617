import type { EndReason } from '../signalling/member.js';

/** The words in which a handshake is refused. The first four are Licode's, byte for byte. */
const REASONS = {
  authentication: 'token: Authentication error',
  notFound: 'token: Token does not exist',
  host: 'token: Invalid host',
  noAnswer: 'token: Nuve does not respond',
  // Nuve has no such cases: there, a room has no limit, and its tokens outlive it.
  roomFull: 'token: Room is full',
  roomGone: 'token: Room does not exist',
} as const;

export type RefusalReason = keyof typeof REASONS;

/** Handed to Socket.IO, which answers `connect_error` with this message and data. */
export class Refusal extends Error {
  readonly data: string | { ended: EndReason };

  /** @param ended why the client that comes back was let go; Licode's clients show the message alone */
  constructor(reason: RefusalReason, ended?: EndReason) {
    super(REASONS[reason]);
    this.data = ended === undefined ? this.message : { ended };
  }
}
