/** Somebody in a room, as its node tells. */
export interface Participant {
  name: string;
  role: string;
  /** By Licode's names: `true`, or for publishing an object that says which kinds are not allowed. */
  permissions: Record<string, unknown>;
}
