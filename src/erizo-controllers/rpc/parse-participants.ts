import type { Participant } from './participant.js';

/**
 * Reads a node's list of users. Only what Participant names is taken over.
 *
 * @throws TypeError or SyntaxError when it is anything else
 */
export function parseParticipants(json: string): Participant[] {
  const users: unknown = JSON.parse(json);
  if (!Array.isArray(users)) throw new TypeError('The answer is not a list of users');
  return users.map(toParticipant);
}

function toParticipant(user: unknown): Participant {
  if (!isRecord(user)) throw new TypeError('A user is not an object');
  const { name, role, permissions } = user;
  if (typeof name !== 'string' || typeof role !== 'string' || !isRecord(permissions)) {
    throw new TypeError('A user has no name, role or permissions');
  }
  return { name, role, permissions };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
