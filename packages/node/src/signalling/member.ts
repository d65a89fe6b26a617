import type { Permissions } from './permissions.js';

/** Why a participant's call ended, told to it before its socket is closed. */
export type EndReason = 'left' | 'kicked' | 'room-ended' | 'node-stopped' | 'protocol-error';

/** A participant, as its room knows it. */
export interface Member {
  /** Told to this participant alone: who shows it gets the place back. */
  readonly id: string;
  /** What the others in the room call it, `peerSocket` on the wire. */
  readonly peerId: string;
  readonly name: string;
  readonly role: string;
  readonly permissions: Permissions;
  send(event: string, msg: unknown): void;
  /** Ends its call for good. */
  end(reason: EndReason): void;
}
