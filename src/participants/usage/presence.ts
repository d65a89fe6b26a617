/** That somebody was in a room, within the time that is asked for, in milliseconds since 1970. */
export interface Presence {
  room: string;
  from: number;
  /** At the latest the end of what is asked for. */
  to: number;
  /** Whether they came within that time. */
  isJoin: boolean;
}

/** What is told of a room, or of a day. */
export interface UsageCount {
  joins: number;
  /** Of all participants together, in milliseconds. */
  ms: number;
  /** The most who were in at once. */
  peak: number;
}
