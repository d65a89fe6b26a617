/** Any of the items, with equal chances; undefined of none. */
export function pickRandom<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}
