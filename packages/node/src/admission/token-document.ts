import { isRecord } from '@nuvem/client';
import { readPermissions, type Permissions } from '../signalling/permissions.js';

/** What the API answers when a token is redeemed; the fields that a node needs. */
export interface TokenDocument {
  userName: string;
  roomId: string;
  role: string;
  /** None for a role that the API knows nothing of. */
  permissions: Permissions;
  host: string;
  p2p: boolean;
  maxParticipants?: number;
  /** Whether it lets in again and again: it is a test room's. */
  isForTests: boolean;
}

/** @returns null for an answer that is no token document */
export function readTokenDocument(value: unknown): TokenDocument | null {
  if (!isRecord(value)) return null;
  const { userName, roomId, role, permissions, host, p2p, maxParticipants, use } = value;
  if (typeof userName !== 'string' || typeof roomId !== 'string') return null;
  if (typeof role !== 'string' || typeof host !== 'string') return null;
  return {
    userName,
    roomId,
    role,
    permissions: readPermissions(permissions),
    host,
    p2p: p2p === true,
    isForTests: use !== undefined,
    ...(typeof maxParticipants === 'number' && { maxParticipants }),
  };
}
