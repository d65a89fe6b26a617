/** What a role may do, as nodes read it: `{ publish: { audio: true, video: false }, subscribe: true }`. */
export type Permissions = Record<string, boolean | Record<string, boolean>>;

/** The roles that participants may have, by name. */
export type Roles = Record<string, Permissions>;

/** The roles that Licode comes with. */
export const LICODE_ROLES: Roles = {
  presenter: { publish: true, subscribe: true, record: true, stats: true, controlhandlers: true },
  viewer: { subscribe: true },
  viewerWithData: {
    subscribe: true,
    publish: { audio: false, video: false, screen: false, data: true },
  },
};
