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
  const { name, role } = user;
  // A role that is not known gives no permissions, and some say that by leaving them out.
  const permissions = user['permissions'] ?? {};
  if (typeof name !== 'string' || typeof role !== 'string' || !isRecord(permissions)) {
    throw new TypeError('A user has no name or role, or odd permissions');
  }
  return { name, role, permissions };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
