/** Longer texts are no ids, and no names. */
const MAX_LENGTH = 1_024;
const MAX_BYTES = 65_536;

interface LicodeEvent {
  type: 'user_connection' | 'user_disconnection';
  room: string;
  /** The client's id. */
  user: string;
  /** Licode's early versions say none. */
  name?: string;
  at?: Date;
}

/**
 * Reads what an ErizoController broadcasts: `{message: {type, room, user, name, timestamp}}`.
 *
 * @returns null for anything else: events of streams, and what anybody on the broker may send
 */
export function readLicodeEvent(content: Buffer): LicodeEvent | null {
  if (content.length > MAX_BYTES) return null;
  const message = messageIn(content);
  if (!message) return null;
  const { type, room, user, name, timestamp } = message;
  if (type !== 'user_connection' && type !== 'user_disconnection') return null;
  if (!isText(room) || !isText(user)) return null;
  return {
    type,
    room,
    user,
    ...(isText(name) && { name }),
    ...(isTime(timestamp) && { at: new Date(timestamp) }),
  };
}

function messageIn(content: Buffer): Record<string, unknown> | null {
  try {
    const body = JSON.parse(content.toString('utf8')) as { message?: unknown } | null;
    const message = body?.message;
    return typeof message === 'object' && message !== null
      ? (message as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH;
}

/** A number that a Date can be. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15;
}
