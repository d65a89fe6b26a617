import { CommandError } from '../../errors.js';
import { isDoc, typeName } from '../../bson/values.js';
import { parseFieldPath } from '../field-path.js';
import { compute, exclude, include, type Tree } from './projection-tree.js';
import { parseAddFields, parseProject, place } from './projection-spec.js';
import { mapping, type StageCompiler } from './stage.js';

/** Stages that give each document another shape. */

export const project: StageCompiler = (spec, context) => {
  const { tree, isExclusion } = parseProject(spec, context.scope);
  return mapping(
    isExclusion ? (doc) => exclude(doc, tree) : (doc) => compute(include(doc, tree), tree, doc),
    context,
  );
};

export const addFields =
  (name: string): StageCompiler =>
  (spec, context) => {
    const tree = parseAddFields(name, spec, context.scope);
    return mapping((doc) => compute(doc, tree, doc), context);
  };

export const unset: StageCompiler = (spec, context) => {
  if (typeof spec !== 'string' && !Array.isArray(spec)) {
    throw new CommandError(31002, '$unset specification must be a string or an array');
  }
  const fields: unknown[] = Array.isArray(spec) ? spec : [spec];
  if (fields.length === 0) {
    throw new CommandError(
      31119,
      '$unset specification must be a string or an array with at least one field',
    );
  }
  const tree: Tree = new Map();
  for (const field of fields) {
    if (typeof field !== 'string') {
      throw new CommandError(
        31120,
        '$unset specification must be a string or an array containing only string values',
      );
    }
    place(tree, parseFieldPath(field), 'exclude', 31249, 31250);
  }
  return mapping((doc) => exclude(doc, tree), context);
};

export const replaceRoot: StageCompiler = (spec, context) => {
  if (!isDoc(spec)) {
    throw new CommandError(
      40229,
      `expected an object as specification for $replaceRoot stage, got ${typeName(spec)}`,
    );
  }
  const unknown = Object.keys(spec).find((key) => key !== 'newRoot');
  if (unknown !== undefined) {
    throw new CommandError(40230, `unrecognized option to $replaceRoot stage: ${unknown}`);
  }
  if (spec['newRoot'] === undefined) {
    throw new CommandError(40231, 'no newRoot specified for the $replaceRoot stage');
  }
  return replaceWith(spec['newRoot'], context);
};

export const replaceWith: StageCompiler = (spec, context) => {
  const evaluate = context.scope.parse(spec);
  return mapping((doc) => {
    const value = evaluate(doc);
    if (isDoc(value)) return value;
    throw new CommandError(
      40228,
      `'newRoot' expression must evaluate to an object, but resulting value was of type: ${value === undefined ? 'missing' : typeName(value)}`,
    );
  }, context);
};
