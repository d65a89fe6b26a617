import { isRecord } from '@nuvem/client';

/** What a participant may do; an object narrows a permission by kind of media. */
export type Permissions = Record<string, boolean | Record<string, boolean>>;

/** The permissions in an answer; what is none gives none. */
export function readPermissions(value: unknown): Permissions {
  if (!isRecord(value)) return {};
  const permissions = Object.entries(value).map(
    ([action, given]) => [action, isRecord(given) ? readKinds(given) : given === true] as const,
  );
  return Object.fromEntries(permissions);
}

function readKinds(kinds: Record<string, unknown>): Record<string, boolean> {
  return Object.fromEntries(
    Object.entries(kinds).map(([kind, allowed]) => [kind, allowed === true]),
  );
}

/**
 * @param asked the message's options. Licode compares with `true` only, so that `{video: 1}` passes;
 * here any truthy value counts as asking for that kind of media.
 */
export function isAllowed(
  permissions: Permissions,
  action: string,
  asked: Record<string, unknown> = {},
): boolean {
  const permission = permissions[action];
  if (permission === undefined || typeof permission === 'boolean') return permission ?? false;
  return Object.entries(permission).every(([kind, allowed]) => allowed || !asked[kind]);
}
