import { Int32 } from 'bson';
import { CommandError } from '../../errors.js';
import { type Doc, encode, isDoc } from '../../bson/values.js';
import { arrayArgument } from '../arguments.js';
import type { Invocation } from '../context.js';

const MAX_BATCH = 100_000;
const MAX_TOLD = 1024 * 1024;

const COUNTERS = { documents: 'insert', updates: 'update', deletes: 'delete' } as const;

/** The statements of a write command, whether they came in the body or as a sequence. */
export function rawStatements(invocation: Invocation, field: keyof typeof COUNTERS): Buffer[] {
  const sequence = invocation.sequences.get(field);
  const statements =
    sequence ?? arrayArgument(invocation.body, field).map((item) => encodeDoc(item));
  checkBatchSize(statements.length);
  invocation.context.counters[COUNTERS[field]] += statements.length;
  return statements;
}

function checkBatchSize(count: number): void {
  if (count === 0 || count > MAX_BATCH) {
    throw new CommandError(
      16,
      `Write batch sizes must be between 1 and ${MAX_BATCH}. Got ${count} operations.`,
    );
  }
}

function encodeDoc(item: unknown): Buffer {
  if (!isDoc(item)) throw new CommandError(14, 'A statement of a write command must be an object');
  return encode(item);
}

/** Runs statements in order, collecting the errors; an ordered batch stops at the first one. */
export function runBatch(count: number, ordered: boolean, runOne: (index: number) => void): Doc[] {
  const errors: Doc[] = [];
  let told = 0;
  for (let index = 0; index < count; index++) {
    try {
      runOne(index);
    } catch (error) {
      // Anything but an answer to this statement (a full disk) undoes the whole group of writes.
      if (!(error instanceof CommandError)) throw error;
      const report = error.toWriteError(index);
      told += error.message.length;
      // As mongod: past 1 MB of messages the reply keeps to the codes, to fit a reply's size.
      errors.push(told < MAX_TOLD ? report : { index, code: error.code, errmsg: '' });
      if (ordered) break;
    }
  }
  return errors;
}

export function writeReply(n: number, errors: readonly Doc[], more: Doc = {}): Doc {
  const reply: Doc = { n: new Int32(n), ...more };
  if (errors.length > 0) reply['writeErrors'] = errors;
  reply['ok'] = 1;
  return reply;
}
