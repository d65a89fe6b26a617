interface Place {
  begin: () => void;
}

/** Lets so many at a time have a turn for one key; the others stand in line, and other keys are not held up. */
export class Turns {
  /** Of each line, the first so many have their turn. */
  private readonly lines = new Map<string, Set<Place>>();

  constructor(private readonly limit: number) {}

  /**
   * Waits for a turn, which lasts until `over` aborts.
   *
   * @returns false when that came first
   */
  take(key: string, over: AbortSignal): Promise<boolean> {
    if (over.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const line = this.lines.get(key) ?? new Set();
      const place = { begin: () => resolve(true) };
      over.addEventListener(
        'abort',
        () => {
          resolve(false);
          line.delete(place);
          if (line.size === 0) this.lines.delete(key);
          else this.advance(line);
        },
        { once: true },
      );
      this.lines.set(key, line.add(place));
      this.advance(line);
    });
  }

  private advance(line: Set<Place>): void {
    let left = this.limit;
    for (const place of line) {
      if (left-- === 0) return;
      place.begin();
    }
  }
}
