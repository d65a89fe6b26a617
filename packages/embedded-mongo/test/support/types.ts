import { BSON, type Document } from 'mongodb';

const { Binary, Decimal128, Double, EJSON, Int32, Long } = BSON;

/** BSON's types in a row of a table. A bare whole number is an int. */
export const long = (value: string | number) => Long.fromString(String(value));
export const double = (value: number) => new Double(value);
export const decimal = (value: string) => Decimal128.fromString(value);
export const int = (value: number) => new Int32(value);
export const bytes = (...values: number[]) => new Binary(Buffer.from(values));

/** With every type written out, so that 1, 1.0 and a long 1 are three things. */
function canonical(value: unknown): unknown {
  return JSON.parse(EJSON.stringify({ value } as Document, { relaxed: false }));
}

/** What a command answered, or `error N`. */
export async function outcome(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return canonical(await act());
  } catch (error) {
    return `error ${String((error as { code?: unknown }).code)}`;
  }
}

export function expected(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('error ') ? value : canonical(value);
}
