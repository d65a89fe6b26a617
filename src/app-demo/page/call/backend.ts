import { CallFailure, failureOfCode } from './failures.js';

export type RoomType = 'p2p' | 'erizo';
export type Role = 'presenter' | 'viewer' | 'viewerWithData';

/**
 * For the page's own server to find or make the room and to get a token, and for the API to wait for
 * a node meanwhile: that is at most a minute, and the server bounds all else.
 */
const TOKEN_TIMEOUT_MS = 90_000;

export interface JoinWish {
  name: string;
  /** The room's name, or what to call it where only its id is known. */
  room: string;
  /** Asked for instead of the name. */
  roomId?: string;
  role: Role;
  type: RoomType;
  /** How long the room lasts, if it is made for this. */
  minutes?: number;
}

/** The fields of a token string. */
export interface Token {
  tokenId: string;
  host: string;
  secure: boolean;
  signature: string;
}

export interface User {
  name: string;
  role: string;
}

/** Asks the business backend, which alone holds the key of its service, for a token. */
export async function requestToken(wish: JoinWish): Promise<Token> {
  const { name, room, roomId, role, type, minutes } = wish;
  let response: Response;
  try {
    response = await fetch('createToken', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/plain' },
      body: JSON.stringify({ username: name, role, room, roomId, type, minutes }),
      signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
    });
  } catch {
    throw new CallFailure('backend-away');
  }
  const text = await response.text();
  if (response.ok) return decodeToken(text);
  throw new CallFailure(failureOfCode(codeIn(text)));
}

/** @throws CallFailure when it is no token string */
export function decodeToken(text: string): Token {
  try {
    const fields: unknown = JSON.parse(atob(text.trim()));
    if (isToken(fields)) return fields;
  } catch {
    // Answered below, like JSON of another shape.
  }
  throw new CallFailure('token-malformed');
}

/**
 * Who is in the room, as its node reports; undefined when that can't be had right now, `unknown` when the page's server
 * has no such room.
 */
export async function fetchUsers(roomId: string): Promise<User[] | 'unknown' | undefined> {
  try {
    const response = await fetch(`getUsers/${encodeURIComponent(roomId)}`, {
      signal: AbortSignal.timeout(5000),
    });
    if (response.status === 404) return 'unknown';
    const users: unknown = response.ok ? await response.json() : undefined;
    return Array.isArray(users) ? (users as User[]) : undefined;
  } catch {
    return undefined;
  }
}

function isToken(value: unknown): value is Token {
  if (typeof value !== 'object' || value === null) return false;
  const { tokenId, host, signature } = value as Record<string, unknown>;
  return [tokenId, host, signature].every((field) => typeof field === 'string');
}

function codeIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { code?: unknown }).code;
  } catch {
    return undefined;
  }
}
