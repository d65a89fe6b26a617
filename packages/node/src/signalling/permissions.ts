/** What a role may do; an object narrows a permission by kind of media. */
export type Permissions = Record<string, true | Record<string, boolean>>;

const ROLES: Record<string, Permissions> = {
  presenter: { publish: true, subscribe: true, record: true, stats: true, controlhandlers: true },
  viewer: { subscribe: true },
  viewerWithData: {
    subscribe: true,
    publish: { audio: false, video: false, screen: false, data: true },
  },
};

/** A role that is not known gives no permission. */
export function permissionsOf(role: string): Permissions {
  return Object.hasOwn(ROLES, role) ? { ...ROLES[role] } : {};
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
  if (permission === undefined) return false;
  if (permission === true) return true;
  return Object.entries(permission).every(([kind, allowed]) => allowed || !asked[kind]);
}
