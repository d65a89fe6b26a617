/** Whether a request's header was used before, which the database is asked for every signed request. */
export class ReplayCheck {
  /** @param outcome rejects when the header was used before, or when nobody can tell */
  constructor(private readonly outcome: Promise<void>) {
    // Nobody may be waiting yet, or any more, when it rejects.
    outcome.catch(() => undefined);
  }

  /**
   * Waits until the header is known to be used for the first time.
   *
   * @throws UNAUTHENTICATED when it was used before; what the driver throws when the database is away
   */
  passed(): Promise<void> {
    return this.outcome;
  }
}
