import { countTokens } from './seed.mjs';

/** Keeps account of what the application acknowledged and refused under load. */
export class Checks {
  tokens = 0;
  missing = 0;
  replays = 0;
  replaysLetIn = 0;
  /** Ids of tokens by the address of the application that gave them. */
  #unchecked = new Map();

  /** Remembers what a job of load was given. */
  note({ urls: [url], kind }, { ids, replays }) {
    if (kind.startsWith('token')) {
      const known = this.#unchecked.get(url) ?? [];
      for (const id of ids) known.push(id);
      this.#unchecked.set(url, known);
    }
    this.replays += replays.sent;
    this.replaysLetIn += replays.sent - replays.refused;
  }

  /** Looks in its database for the tokens that an application gave. */
  async lookForTokens(uri, url) {
    const ids = this.#unchecked.get(url) ?? [];
    this.#unchecked.delete(url);
    this.tokens += ids.length;
    this.missing += ids.length - (await countTokens(uri, ids));
  }

  get passed() {
    return this.missing === 0 && this.replaysLetIn === 0;
  }

  get summary() {
    return (
      `${this.tokens} tokens were acknowledged and then looked for in the database: ${this.missing} missing. ` +
      `${this.replays} requests were sent a second time: ${this.replaysLetIn} let in.`
    );
  }
}
