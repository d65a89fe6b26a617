import { badValue, CommandError, failedToParse } from '../errors.js';
import { type Doc, isDoc } from '../bson/values.js';
import { compileFilter } from '../query/filter.js';
import { type ArrayFilters, isArrayStep } from './paths.js';

export function parseArrayFilters(value: unknown): ArrayFilters {
  const filters = new Map<string, (item: unknown) => boolean>();
  if (value === undefined) return filters;
  if (!Array.isArray(value)) throw new CommandError(14, 'arrayFilters must be an array');
  for (const filter of value) {
    if (!isDoc(filter)) throw new CommandError(14, 'arrayFilters must hold objects');
    const name = identifierOf(filter);
    if (name === undefined) {
      throw failedToParse(
        'Cannot use an expression without a top-level field name in arrayFilters',
      );
    }
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) {
      throw badValue(
        `Error parsing array filter: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`,
      );
    }
    if (filters.has(name)) {
      throw failedToParse(
        `Found multiple array filters with the same top-level field name ${name}`,
      );
    }
    const { matches } = compileFilter(filter);
    filters.set(name, (item) => matches({ [name]: item }));
  }
  return filters;
}

function identifierOf(filter: Doc): string | undefined {
  for (const key of Object.keys(filter)) {
    if (!key.startsWith('$')) return key.split('.')[0];
    const nested = filter[key];
    if (!Array.isArray(nested)) continue;
    for (const item of nested) {
      const name = isDoc(item) ? identifierOf(item) : undefined;
      if (name !== undefined) return name;
    }
  }
  return undefined;
}

/** Each `$[name]` needs its filter and each filter its `$[name]`. */
export function checkArrayFilters(filters: ArrayFilters, paths: readonly string[][]): void {
  const used = new Set<string>();
  for (const path of paths) {
    for (const step of path) {
      if (!isArrayStep(step) || step === '$[]') continue;
      const name = step.slice(2, -1);
      if (!filters.has(name)) {
        throw badValue(
          `No array filter found for identifier '${name}' in path '${path.join('.')}'`,
        );
      }
      used.add(name);
    }
  }
  for (const name of filters.keys()) {
    if (!used.has(name)) {
      throw failedToParse(`The array filter for identifier '${name}' was not used in the update`);
    }
  }
}
