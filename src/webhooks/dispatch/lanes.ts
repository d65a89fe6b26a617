/** Works on what comes in one lane one after the other, and in several lanes side by side. */
export class Lanes<T> {
  /** What waits, by lane. A lane is here while something of it waits or is worked on. */
  private readonly waiting = new Map<string, T[]>();
  private readonly ready: string[] = [];
  private active = 0;

  /**
   * @param work never rejects
   * @param width how many may be worked on at once, now
   */
  constructor(
    private readonly work: (item: T) => Promise<void>,
    private readonly width: () => number,
  ) {}

  add(lane: string, item: T): void {
    const others = this.waiting.get(lane);
    if (others) others.push(item);
    else {
      this.waiting.set(lane, [item]);
      this.ready.push(lane);
    }
    this.start();
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting.clear();
    this.ready.length = 0;
  }

  private start(): void {
    while (this.ready.length > 0 && this.active < this.width()) {
      const lane = this.ready.shift() ?? '';
      const item = this.waiting.get(lane)?.shift();
      if (item !== undefined) void this.run(lane, item);
    }
  }

  private async run(lane: string, item: T): Promise<void> {
    this.active++;
    await this.work(item);
    this.active--;
    const others = this.waiting.get(lane);
    if (others && others.length > 0) this.ready.push(lane);
    else this.waiting.delete(lane);
    this.start();
  }
}
