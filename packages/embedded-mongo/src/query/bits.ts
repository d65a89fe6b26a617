import { Binary } from 'bson';
import { integral } from '../bson/integers.js';
import { badValue } from '../errors.js';
import { toNumber } from '../bson/values.js';

export type BitsMode = 'allSet' | 'allClear' | 'anySet' | 'anyClear';

const MAX_POSITION = 2 ** 31 - 1;

/** The bit positions that a mask names: a number, binary data (least significant byte first) or a list of them. */
export function parseMask(value: unknown): number[] {
  if (Array.isArray(value)) return [...new Set(value.map(parsePosition))];
  if (value instanceof Binary) {
    const bits = bitsOfBinary(value);
    return positionsBelow(value.position * 8).filter((position) => bits(position));
  }
  const mask = integral(value);
  if (mask === undefined || mask < 0n) {
    throw badValue(
      'a bitmask must be a non-negative integer, binary data or an array of positions',
    );
  }
  return positionsBelow(64).filter((position) => ((mask >> BigInt(position)) & 1n) === 1n);
}

function parsePosition(value: unknown): number {
  const position = toNumber(value);
  if (
    position === undefined ||
    !Number.isInteger(position) ||
    position < 0 ||
    position > MAX_POSITION
  ) {
    throw badValue('bit positions must be non-negative 32-bit integers');
  }
  return position;
}

const positionsBelow = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export function bitsMatch(
  mode: BitsMode,
  positions: readonly number[],
): (value: unknown) => boolean {
  return (value) => {
    const isSet = bitsOf(value);
    if (isSet === undefined) return false;
    switch (mode) {
      case 'allSet':
        return positions.every(isSet);
      case 'allClear':
        return !positions.some(isSet);
      case 'anySet':
        return positions.some(isSet);
      case 'anyClear':
        return !positions.every(isSet);
    }
  };
}

/** Of whole numbers of 64 bits, whose sign goes on for ever, and of binary data, after which all is clear. */
function bitsOf(value: unknown): ((position: number) => boolean) | undefined {
  if (value instanceof Binary) return bitsOfBinary(value);
  const number = integral(value);
  if (number === undefined) return undefined;
  return (position) => ((number >> BigInt(Math.min(position, 63))) & 1n) === 1n;
}

function bitsOfBinary({ buffer, position: length }: Binary): (position: number) => boolean {
  return (position) => {
    const byte = position >>> 3;
    return byte < length && (((buffer[byte] as number) >>> (position & 7)) & 1) === 1;
  };
}
