/** Whether a request's header was used before, which the database is asked for every signed request. */
export class ReplayCheck {
  /** Of a request that has no signature to use up. */
  static readonly NONE = new ReplayCheck(Promise.resolve());

  /** @param outcome rejects when the header was used before, or when nobody can tell */
  constructor(private readonly outcome: Promise<void>) {
    // Nobody may be waiting yet, or any more, when it rejects.
    outcome.catch(() => undefined);
  }

  /**
   * Waits until the header is known to be used for the first time.
   *
   * @throws REQUEST_REPLAYED when it was used before; what the driver throws when the database is away
   */
  passed(): Promise<void> {
    return this.outcome;
  }
}
