import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Looks through LMDB's file before lmdb opens it: lmdb trusts every byte, and what is damaged ends the whole process
 * by SIGSEGV or SIGBUS, without a word.
 */

/** The data file cannot be what a server left behind: cut short, overwritten, or of another program. */
class DamagedDataFileError extends Error {
  constructor(path: string, what: string) {
    super(
      `The database file ${path} is damaged (${what}). Put a backup in its place; or move the file away and start on an empty database.`,
    );
    this.name = 'DamagedDataFileError';
  }
}

/** The layout that lmdb 3.5 writes; another one is for lmdb to read or refuse. */
const MAGIC = 0xbeefc0de;
const VERSION = 2;
const HEADER_BYTES = 24;
const NODE_BYTES = 8;
const META_BYTES = 152;
const BRANCH = 1;
const LEAF = 2;
const OVERFLOW = 4;
const META = 8;
const BIG_DATA = 1;
/** What a leaf keeps of a value that has pages of its own: the first page, its transaction, how many. */
const BIG_DATA_BYTES = 24;
const SUB_DATABASE = 2;
/** Page numbers are read to 48 bits, which no file exceeds; all of them set is no page. */
const PAGE_NUMBER_BYTES = 6;
const NO_PAGE = 2 ** 48 - 1;
/**
 * What a start can pay: some gigabytes. Beyond it the pages that lead to all others were checked, which come first, and
 * the last of the others were not.
 */
const MAX_MS = 10_000;
/** Pages that are near each other are read at once. */
const WINDOW_PAGES = 64;

interface Meta {
  pageSize: number;
  roots: number[];
  lastPage: number;
  transaction: number;
}

/** What is wrong with the pages, or nothing; the file is not changed. */
export function checkDataFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    const problem = new PageWalk(file).run();
    if (problem !== undefined) throw new DamagedDataFileError(path, problem);
  } finally {
    closeSync(file);
  }
}

const pageNumberAt = (bytes: Buffer, at: number): number => bytes.readUIntLE(at, PAGE_NUMBER_BYTES);

class PageWalk {
  private readonly size: number;
  private pageSize = 4096;
  private lastPage = 1;
  private seen = new Uint8Array();
  /** The pages of the level below the one that is being checked. */
  private below: number[] = [];
  private window = Buffer.alloc(0);
  private windowStart = 0;
  private windowEnd = 0;
  private readonly head = Buffer.alloc(HEADER_BYTES);

  constructor(private readonly file: number) {
    this.size = fstatSync(file).size;
  }

  run(): string | undefined {
    const first = this.readMeta(0);
    if (typeof first === 'string') return first;
    const second = this.readMeta(first.pageSize);
    if (typeof second === 'string') return second;
    const current = second.transaction > first.transaction ? second : first;
    this.pageSize = current.pageSize;
    this.lastPage = current.lastPage;
    this.seen = new Uint8Array(Math.min(current.lastPage, this.size / current.pageSize) + 1);
    this.window = Buffer.alloc(WINDOW_PAGES * current.pageSize);
    const end = performance.now() + MAX_MS;
    for (const root of current.roots) {
      const problem = this.enqueue(root);
      if (problem !== undefined) return problem;
    }
    while (this.below.length > 0) {
      // In the order of the file: a disk reads that many times as fast.
      const level = Uint32Array.from(this.below).sort();
      this.below = [];
      for (let at = 0; at < level.length; at++) {
        if ((at & 0xff) === 0 && performance.now() > end) return undefined;
        const problem = this.checkPage(level, at);
        if (problem !== undefined) return problem;
      }
    }
    return undefined;
  }

  private read(offset: number, into: Buffer): Buffer | undefined {
    return readSync(this.file, into, 0, into.length, offset) === into.length ? into : undefined;
  }

  private readMeta(offset: number): Meta | string {
    const page = this.read(offset, Buffer.alloc(HEADER_BYTES + META_BYTES));
    if (page === undefined) return `it ends after ${this.size} bytes`;
    const isMeta = page.readUInt16LE(18) === META && page.readUInt32LE(24) === MAGIC;
    if (!isMeta || (page.readUInt32LE(28) & 0xffff) !== VERSION) {
      return 'its first pages are not those of a database';
    }
    const pageSize = page.readUInt32LE(48);
    if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) {
      return `a page size of ${pageSize}`;
    }
    return {
      pageSize,
      roots: [pageNumberAt(page, 88), pageNumberAt(page, 136)],
      lastPage: pageNumberAt(page, 144),
      transaction: page.readUIntLE(152, 6),
    };
  }

  private enqueue(page: number): string | undefined {
    if (page === NO_PAGE) return undefined;
    if (page < 2 || page > this.lastPage) return `a reference to page ${page}`;
    if ((page + 1) * this.pageSize > this.size) return `it ends before page ${page}`;
    if (this.seen[page] === 1) return `two references to page ${page}`;
    this.seen[page] = 1;
    this.below.push(page);
    return undefined;
  }

  /** A page of a level, read together with those that come soon after it. */
  private pageAt(level: Uint32Array, at: number): Buffer | undefined {
    const number = level[at] as number;
    if (number >= this.windowEnd || number < this.windowStart) {
      let last = at;
      while (last + 1 < level.length && (level[last + 1] as number) < number + WINDOW_PAGES) last++;
      this.windowStart = number;
      this.windowEnd = (level[last] as number) + 1;
      const bytes = this.window.subarray(0, (this.windowEnd - number) * this.pageSize);
      if (this.read(number * this.pageSize, bytes) === undefined) return undefined;
    }
    const offset = (number - this.windowStart) * this.pageSize;
    return this.window.subarray(offset, offset + this.pageSize);
  }

  private checkPage(level: Uint32Array, at: number): string | undefined {
    const number = level[at] as number;
    const page = this.pageAt(level, at);
    if (page === undefined) return `it ends before page ${number}`;
    const flags = page.readUInt16LE(18) & (BRANCH | LEAF | OVERFLOW | META);
    const lower = page.readUInt16LE(20);
    const upper = page.readUInt16LE(22) + HEADER_BYTES;
    const nodes = lower >>> 1;
    if (
      pageNumberAt(page, 0) !== number ||
      (flags !== BRANCH && flags !== LEAF) ||
      HEADER_BYTES + lower > upper ||
      upper > this.pageSize
    ) {
      return `page ${number}`;
    }
    for (let i = 0; i < nodes; i++) {
      const node = page.readUInt16LE(HEADER_BYTES + 2 * i) + HEADER_BYTES;
      if (node < upper || node + NODE_BYTES > this.pageSize) return `page ${number}`;
      const problem =
        flags === BRANCH
          ? this.enqueue(pageNumberAt(page, node))
          : this.checkLeaf(page, node, number);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  private checkLeaf(page: Buffer, at: number, number: number): string | undefined {
    const bytes = page.readUInt32LE(at);
    const flags = page.readUInt16LE(at + 4);
    const data = at + NODE_BYTES + page.readUInt16LE(at + 6);
    const stored = (flags & BIG_DATA) !== 0 ? BIG_DATA_BYTES : bytes;
    if (data + stored > this.pageSize) return `page ${number}`;
    if ((flags & SUB_DATABASE) !== 0) {
      return bytes < 48 ? `page ${number}` : this.enqueue(pageNumberAt(page, data + 40));
    }
    return (flags & BIG_DATA) === 0
      ? undefined
      : this.checkOverflow(pageNumberAt(page, data), bytes);
  }

  /** A value of its own pages: they are in the file, and as many as it needs. */
  private checkOverflow(number: number, bytes: number): string | undefined {
    const pages = Math.ceil((HEADER_BYTES + bytes) / this.pageSize);
    const fits = number >= 2 && number + pages - 1 <= this.lastPage;
    const head = fits ? this.read(number * this.pageSize, this.head) : undefined;
    const whole =
      head !== undefined &&
      pageNumberAt(head, 0) === number &&
      (head.readUInt16LE(18) & OVERFLOW) !== 0 &&
      head.readUInt32LE(20) >= pages &&
      (number + pages) * this.pageSize <= this.size;
    return whole ? undefined : `a value on page ${number}`;
  }
}
