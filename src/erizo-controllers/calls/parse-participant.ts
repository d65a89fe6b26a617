import type { Participant } from './participant.js';

/**
 * Reads one of a node's list. Only what Participant names is taken over.
 *
 * @returns null when it is anything else
 */
export function parseParticipant(value: unknown): Participant | null {
  if (!isRecord(value)) return null;
  const { name, role } = value;
  // A role that is not known gives no permissions, and some say that by leaving them out.
  const permissions = value['permissions'] ?? {};
  if (typeof name !== 'string' || typeof role !== 'string' || !isRecord(permissions)) return null;
  return { name, role, permissions };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
