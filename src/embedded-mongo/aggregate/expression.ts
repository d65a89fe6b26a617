import type { Doc } from '../bson/values.js';
import { evaluate, toPlain } from './engine.js';
import { refuseScripts } from './refuse-scripts.js';

/** Compiles an aggregation expression; what it gives for one document. */
export function evaluateExpression(expression: unknown, variables?: Doc): (doc: Doc) => unknown {
  refuseScripts(expression);
  const plain = toPlain({ expression, variables: variables ?? {} });
  return (doc) => evaluate(toPlain(doc), plain['expression'], plain['variables'] as Doc);
}
