/**
 * What becomes of somebody who redeems a token for a room in which they are already: both are in, the later one is refused, or
 * the earlier one is disconnected.
 */
export const DUPLICATE_USER_POLICIES = ['allow', 'refuse', 'replace'] as const;

export type DuplicateUserPolicy = (typeof DUPLICATE_USER_POLICIES)[number];
