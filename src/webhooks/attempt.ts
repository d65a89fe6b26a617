/** One request to a webhook's address. */
export interface Attempt {
  /** By the database's clock. */
  at: Date;
  /** What was answered; absent where nothing was. */
  status?: number;
  durationMs: number;
  /** What went wrong; absent where nothing did. */
  error?: string;
}
