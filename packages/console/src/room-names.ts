const MOST = 2_000;

/** Names of rooms that were seen: most events name their room by its id. */
export class RoomNames {
  private readonly names = new Map<string, string>();

  learn(id: string, name: string): void {
    this.names.delete(id);
    this.names.set(id, name);
    if (this.names.size <= MOST) return;
    for (const oldest of this.names.keys()) {
      this.names.delete(oldest);
      return;
    }
  }

  of(id: string): string | undefined {
    return this.names.get(id);
  }
}
