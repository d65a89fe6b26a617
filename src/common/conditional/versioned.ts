/** A body, and how many changes made it what it is. */
export class Versioned<T> {
  constructor(
    readonly body: T,
    readonly revision = 0,
  ) {}
}
