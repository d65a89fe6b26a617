import { median } from './numbers.mjs';

/**
 * Measures a value and its reference in turns, since only what was measured side by side can be compared on a
 * machine that does other things too. Whichever comes first changes from round to round.
 *
 * @returns what was measured, the medians of both, and of the ratios of the rounds
 */
export async function inPairs(rounds, measureValue, measureReference) {
  const values = [];
  const references = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      values.push(await measureValue());
      references.push(await measureReference());
    } else {
      references.push(await measureReference());
      values.push(await measureValue());
    }
  }
  return summarize(values, references);
}

export function summarize(values, references) {
  return {
    values,
    references,
    value: median(values),
    reference: median(references),
    ratio: median(values.map((value, round) => value / references[round])),
  };
}
