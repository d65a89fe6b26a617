import {
  Binary,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MongoServerError,
  ObjectId,
  Timestamp,
  BSON,
} from 'mongodb';

export const int = (value: number): Int32 => new Int32(value);
export const long = (value: number | string): Long => Long.fromString(String(value));
export const double = (value: number): Double => new Double(value);
export const decimal = (text: string): Decimal128 => Decimal128.fromString(text);
export const date = (text: string): Date => new Date(text);
export const oid = (hex: string): ObjectId => ObjectId.createFromHexString(hex);
export const bytes = (...values: number[]): Binary => new Binary(Buffer.from(values));
export const timestamp = (t: number, i: number): Timestamp => new Timestamp({ t, i });

/** An expected error, by MongoDB's code. */
export class ErrorCode {
  constructor(readonly code: number) {}
}
export const error = (code: number): ErrorCode => new ErrorCode(code);
/** What an expression gives when it gives nothing. */
export const missing = Symbol('missing');

/** What stands for a value in a comparison: canonical EJSON tells all types apart. */
export function canonical(value: unknown): string {
  if (value === missing) return 'missing';
  if (value instanceof ErrorCode) return `error ${value.code}`;
  return BSON.EJSON.stringify(value as Document, { relaxed: false });
}

/** The canonical form of what a command gives or fails with. */
export async function answerOf(ask: () => Promise<unknown>): Promise<string> {
  try {
    return canonical(await ask());
  } catch (failure) {
    if (failure instanceof MongoServerError) return `error ${failure.code}`;
    throw failure;
  }
}
