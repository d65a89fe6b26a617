import { Int32 } from 'bson';
import { compareValues } from '../../bson/compare.js';
import type { OperatorTable } from '../scope.js';
import type { Meter } from '../meter.js';
import { over } from './arguments.js';

/** The order of all BSON values, in which a missing one comes before null. */
export function compareWithMissing(left: unknown, right: unknown, meter?: Meter): number {
  if (left === undefined || right === undefined) {
    return Number(left !== undefined) - Number(right !== undefined) || 0;
  }
  return Math.sign(compareValues(left, right, meter));
}

const comparing = (name: string, accept: (order: number) => unknown) =>
  over(name, 2, 2, ([left, right], meter) => accept(compareWithMissing(left, right, meter)));

export const comparison: OperatorTable = {
  $eq: comparing('$eq', (order) => order === 0),
  $ne: comparing('$ne', (order) => order !== 0),
  $gt: comparing('$gt', (order) => order > 0),
  $gte: comparing('$gte', (order) => order >= 0),
  $lt: comparing('$lt', (order) => order < 0),
  $lte: comparing('$lte', (order) => order <= 0),
  $cmp: comparing('$cmp', (order) => new Int32(order)),
};
