import type { Context } from 'mingo/core';
import { type Doc, decodePlain, encode } from '../bson/values.js';
import { mingo } from './mingo.js';
import { refuseScripts } from './refuse-scripts.js';

let context: Context | undefined;

function expressionContext(): Context {
  const { core, operators } = mingo();
  const { accumulator, expression } = operators;
  context ??= core.Context.init({ accumulator, expression } as never);
  return context;
}

/** mingo reads plain numbers, so boxed ones are unboxed by a turn through BSON. */
export function toPlain(doc: Doc): Doc {
  return decodePlain(encode(doc));
}

/** Compiles an aggregation expression; what it gives for one document. */
export function evaluateExpression(expr: unknown, variables?: Doc): (doc: Doc) => unknown {
  refuseScripts(expr);
  const plain = toPlain({ expr, variables: variables ?? {} });
  const { evalExpr } = mingo().core;
  const options = {
    context: expressionContext(),
    scriptEnabled: false,
    variables: plain['variables'] as Doc,
  };
  return (doc) => evalExpr(toPlain(doc), plain['expr'], options as never);
}
