import { CommandError } from '../errors.js';
import { type Doc, hasOwn, isDoc } from '../bson/values.js';

/** Checks a dotted path of an expression or a stage, and splits it. */
export function parseFieldPath(path: string): string[] {
  if (path === '')
    throw new CommandError(40352, 'FieldPath cannot be constructed with empty string');
  if (path.endsWith('.')) throw new CommandError(40353, "FieldPath must not end with a '.'.");
  const steps = path.split('.');
  if (steps.length > 200) throw new CommandError(15, 'FieldPath is too long');
  for (const step of steps) checkFieldName(step);
  return steps;
}

/** What a name must not be where a path is made of it. */
export function checkFieldName(name: string): void {
  if (name === '') throw new CommandError(15998, 'FieldPath field names may not be empty strings.');
  if (name.startsWith('$')) {
    throw new CommandError(
      16410,
      `FieldPath field names may not start with '$', given '${name}'. Consider using $getField or $setField.`,
    );
  }
  if (name.includes('\0')) {
    throw new CommandError(16411, 'FieldPath field names may not contain null bytes');
  }
}

/** Follows a path as expressions do: through documents, and into the documents of arrays. */
export function followPath(value: unknown, path: readonly string[], at = 0): unknown {
  if (at === path.length) return value;
  const step = path[at] as string;
  if (isDoc(value)) {
    return hasOwn(value, step) ? followPath(value[step], path, at + 1) : undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const found: unknown[] = [];
  for (const item of value) {
    if (!isDoc(item)) continue;
    const inner = followPath(item, path, at);
    if (inner !== undefined) found.push(inner);
  }
  return found;
}

export function rootPath(root: Doc, path: readonly string[]): unknown {
  return path.length === 1
    ? hasOwn(root, path[0] as string)
      ? root[path[0] as string]
      : undefined
    : followPath(root, path);
}
