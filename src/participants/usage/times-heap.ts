/** Times, of which the earliest is at hand: a binary heap. */
export class TimesHeap<T> {
  private readonly items: { at: number; value: T }[] = [];

  get size(): number {
    return this.items.length;
  }

  /** The earliest, or never. */
  get first(): number {
    return this.items[0]?.at ?? Infinity;
  }

  values(): IterableIterator<T> {
    return this.items.map(({ value }) => value).values();
  }

  add(at: number, value: T): void {
    const { items } = this;
    let index = items.length;
    const item = { at, value };
    items.push(item);
    for (let parent = (index - 1) >> 1; index > 0; parent = (index - 1) >> 1) {
      const above = items[parent];
      if (!above || above.at <= at) break;
      items[index] = above;
      items[parent] = item;
      index = parent;
    }
  }

  /** Takes the earliest away. */
  take(): T | undefined {
    const { items } = this;
    const [taken] = items;
    const last = items.pop();
    if (!taken || !last || taken === last) return taken?.value;
    items[0] = last;
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = (items[right]?.at ?? Infinity) < (items[left]?.at ?? Infinity) ? right : left;
      const below = items[child];
      if (!below || below.at >= last.at) break;
      items[index] = below;
      items[child] = last;
      index = child;
    }
    return taken.value;
  }
}
