import { Decimal128, Long } from 'bson';
import { type Decimal, readDecimal, toBigInt } from './decimal.js';
import { isNumeric, toNumber } from './values.js';

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;
/** Ten to this power does not fit 64 bits. */
const MAX_DIGITS = 19;

/** A number cut to its whole part, exact past 2^53; undefined for what is none or does not fit 64 bits. */
export function truncated(value: unknown): bigint | undefined {
  if (!isNumeric(value)) return undefined;
  if (value instanceof Long) return value.toBigInt();
  if (value instanceof Decimal128) return wholePart(readDecimal(value));
  const number = toNumber(value);
  if (number === undefined || !Number.isFinite(number)) return undefined;
  return fitting(BigInt(Math.trunc(number)));
}

/** As `truncated`, for numbers without a fraction alone. */
export function integral(value: unknown): bigint | undefined {
  const whole = truncated(value);
  if (whole === undefined) return undefined;
  if (!(value instanceof Decimal128)) return Number.isInteger(toNumber(value)) ? whole : undefined;
  const { coefficient, exponent } = readDecimal(value);
  const unit = 10n ** BigInt(Math.max(0, -exponent));
  return coefficient % unit === 0n ? whole : undefined;
}

function wholePart(value: Decimal): bigint | undefined {
  if (value.coefficient !== 0n && value.exponent > MAX_DIGITS) return undefined;
  const whole = value.coefficient === 0n && value.kind === 'finite' ? 0n : toBigInt(value);
  return whole === undefined ? undefined : fitting(whole);
}

function fitting(value: bigint): bigint | undefined {
  return value >= MIN && value <= MAX ? value : undefined;
}
