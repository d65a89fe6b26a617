/** Stands in for a body that could not be parsed until the request has been authenticated. */
export class MalformedBody {
  constructor(readonly error: Error) {}
}
