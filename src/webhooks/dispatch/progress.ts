/** How far a log was worked through where what comes later may be done earlier. */
export class Progress {
  /** Sequences in ascending order, as a set keeps what is added to it. */
  private readonly open = new Set<number>();

  /** @param last what was done before */
  constructor(private last: number) {}

  /** All to which nothing is left to do, nor to any before it. */
  get cursor(): number {
    for (const lowest of this.open) return lowest - 1;
    return this.last;
  }

  get openCount(): number {
    return this.open.size;
  }

  begin(sequence: number): void {
    this.last = sequence;
    this.open.add(sequence);
  }

  /** There is nothing to do for this one. */
  skip(sequence: number): void {
    this.last = sequence;
  }

  settle(sequence: number): void {
    this.open.delete(sequence);
  }
}
