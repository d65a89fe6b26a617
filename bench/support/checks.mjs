import { countTokens } from './seed.mjs';

/** Keeps account of what the application acknowledged and refused under load. */
export class Checks {
  tokens = 0;
  missing = 0;
  replays = 0;
  replaysLetIn = 0;
  #unchecked = [];

  /** Remembers what a job of load was given. */
  note(kind, { ids, replays }) {
    if (kind.startsWith('token')) for (const id of ids) this.#unchecked.push(id);
    this.replays += replays.sent;
    this.replaysLetIn += replays.sent - replays.refused;
  }

  /** Looks for the tokens of all jobs since the last look. */
  async lookForTokens(uri) {
    const ids = this.#unchecked;
    this.#unchecked = [];
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
