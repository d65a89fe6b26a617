/** The API refused a call, or (status 0) did not answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** Code of the API's error catalogue, `NO_ANSWER`, or `HTTP_` and the status where no code was sent. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ApiError';
  }

  /** The API itself is in trouble, as against a call that was wrong. */
  get isOutage(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}
