import { SHARED } from '../accumulators/table.js';
import type { Operator, OperatorTable } from '../scope.js';
import { operands } from './arguments.js';
import { arithmetic } from './numbers/arithmetic.js';
import { arrays } from './arrays.js';
import { comparison } from './comparison.js';
import { conversions } from './convert.js';
import { dateArithmetic } from './dates/date-arithmetic.js';
import { dateFields } from './dates/date-fields.js';
import { dateParts } from './dates/date-parts.js';
import { dateTexts } from './dates/date-text.js';
import { iteration } from './iteration.js';
import { logic } from './logic.js';
import { objects } from './objects.js';
import { powers } from './numbers/powers.js';
import { regex } from './strings/regex.js';
import { rounding } from './numbers/rounding.js';
import { sets } from './sets.js';
import { strings } from './strings/strings.js';
import { substrings } from './strings/substrings.js';
import { trimming } from './strings/trimming.js';

const literal: Operator = (argument) => () => argument;

/** An accumulator as an expression: over its operands, or over the items of one that is an array. */
const accumulating =
  (name: string): Operator =>
  (argument, scope) => {
    const parts = operands(name, argument, 0, Infinity).map((part) => scope.parse(part));
    const { meter } = scope;
    return (root) => {
      const values = parts.map((part) => part(root));
      const items = values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
      const state = (SHARED[name] as (typeof SHARED)[string])({ meter });
      for (const item of items) {
        meter.read(item);
        state.add(item);
      }
      return state.result();
    };
  };

const tables: OperatorTable[] = [
  arithmetic,
  arrays,
  comparison,
  conversions,
  dateArithmetic,
  dateFields,
  dateParts,
  dateTexts,
  iteration,
  logic,
  objects,
  powers,
  regex,
  rounding,
  sets,
  strings,
  substrings,
  trimming,
];

/** Every operator this server answers as MongoDB does. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['$literal', literal],
  ['$const', literal],
  ...Object.keys(SHARED).map((name): [string, Operator] => [name, accumulating(name)]),
  ...tables.flatMap((table) => Object.entries(table)),
]);

/** Those that MongoDB knows besides: refused, not answered wrongly. */
const OTHERS = new Set(
  `$accumulator $acos $acosh $asin $asinh $atan $atan2 $atanh $bottom $bottomN $cos $cosh
  $createObjectId $currentDate $degreesToRadians $encStrContains $encStrEndsWith $encStrNormalizedEq
  $encStrStartsWith $firstN $function $hash $hexHash $lastN $maxN $median $meta $minMaxScaler $minN
  $percentile $radiansToDegrees $rand $serializeEJSON $deserializeEJSON $sigmoid
  $similarityCosine $similarityDotProduct $similarityEuclidean $sin $sinh $subtype $tan $tanh
  $toArray $toHashedIndexKey $toObject $toUUID $top $topN $tsIncrement $tsSecond`
    .trim()
    .split(/\s+/),
);

export const isKnownOperator = (name: string): boolean =>
  OTHERS.has(name) || name.startsWith('$_internal');
