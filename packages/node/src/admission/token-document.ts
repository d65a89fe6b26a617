import { isRecord } from '@nuvem/client';

/** What the API answers when a token is redeemed; the fields that a node needs. */
export interface TokenDocument {
  userName: string;
  room: string;
  role: string;
  host: string;
  p2p: boolean;
  maxParticipants?: number;
}

/** @returns null for an answer that is no token document */
export function readTokenDocument(value: unknown): TokenDocument | null {
  if (!isRecord(value)) return null;
  const { userName, room, role, host, p2p, maxParticipants } = value;
  if (typeof userName !== 'string' || typeof room !== 'string') return null;
  if (typeof role !== 'string' || typeof host !== 'string') return null;
  return {
    userName,
    room,
    role,
    host,
    p2p: p2p === true,
    ...(typeof maxParticipants === 'number' && { maxParticipants }),
  };
}
