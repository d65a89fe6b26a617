import { commandScope } from '../../aggregate/expression.js';
import type { LazyScope, Scope } from '../../aggregate/scope.js';
import { type Doc, hasOwn } from '../../bson/values.js';
import { optionalDoc } from '../arguments.js';

/**
 * What the expressions of a command are compiled in: its `let` is checked at once, and a command
 * without one makes nothing until an expression is met.
 *
 * @param constants the `c` of an update's statement
 */
export function scopeOf(body: Doc, deadline: number | undefined, constants?: Doc): LazyScope {
  let scope: Scope | undefined;
  const lazy = (): Scope => (scope ??= commandScope(optionalDoc(body, 'let'), constants, deadline));
  if (hasOwn(body, 'let')) lazy();
  return lazy;
}
