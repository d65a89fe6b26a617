import { Context, evalExpr } from 'mingo/core';
import * as accumulator from 'mingo/operators/accumulator';
import * as expression from 'mingo/operators/expression';
import { type Doc, decodePlain, encode } from '../bson/values.js';
import { refuseScripts } from './refuse-scripts.js';

export function without(module: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(module).filter(([name]) => !names.includes(name)));
}

/** mingo's expressions, less those that would run JavaScript from the client. */
export const expressionOperators = {
  accumulator: without(accumulator, ['$accumulator']),
  expression: without(expression, ['$function']),
};

const context = Context.init(expressionOperators as unknown as Parameters<typeof Context.init>[0]);

/** mingo reads plain numbers, so boxed ones are unboxed by a turn through BSON. */
export function toPlain(doc: Doc): Doc {
  return decodePlain(encode(doc));
}

/** Compiles an aggregation expression; what it gives for one document. */
export function evaluateExpression(expr: unknown, variables?: Doc): (doc: Doc) => unknown {
  refuseScripts(expr);
  const plain = toPlain({ expr, variables: variables ?? {} });
  const options = { context, scriptEnabled: false, variables: plain['variables'] as Doc };
  return (doc) => evalExpr(toPlain(doc), plain['expr'], options as never);
}
