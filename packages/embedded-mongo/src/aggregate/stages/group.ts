import { CommandError } from '../../errors.js';
import { type Doc, isDoc, setOwn } from '../../bson/values.js';
import { type Accumulator, type MakeAccumulator, parseAccumulator } from '../accumulators/table.js';
import { Kept } from '../kept.js';
import type { Evaluate, Scope } from '../scope.js';
import { ValueMap } from '../value-set.js';
import { sort } from './order.js';
import { type Stage, type StageCompiler, gather } from './stage.js';

interface Field {
  name: string;
  make: MakeAccumulator;
  evaluate: Evaluate;
}

interface Group {
  id: unknown;
  states: Accumulator[];
}

export const group: StageCompiler = (spec, { scope }) => {
  if (!isDoc(spec)) {
    throw new CommandError(15947, "a group's fields must be specified in an object");
  }
  if (spec['_id'] === undefined) {
    throw new CommandError(15955, 'a group specification must include an _id');
  }
  const { _id, ...fields } = spec;
  return grouping(scope.parse(_id), parseFields(fields, scope), scope);
};

export function parseFields(spec: Doc, scope: Scope): Field[] {
  return Object.keys(spec).map((name) => {
    if (name.includes('.')) {
      throw new CommandError(40235, `The field name '${name}' cannot contain '.'`);
    }
    if (name.startsWith('$')) {
      throw new CommandError(40236, `The field name '${name}' cannot be an operator name`);
    }
    const { make, argument } = parseAccumulator(name, spec[name]);
    return { name, make, evaluate: scope.parse(argument) };
  });
}

/** Groups come in the order in which their keys were first seen: MongoDB promises none. */
export function grouping(key: Evaluate, fields: readonly Field[], scope: Scope): Stage {
  const { meter } = scope;
  return function* grouped(source) {
    const groups = new ValueMap<Group>(meter);
    const order: Group[] = [];
    const kept = new Kept('$group', meter);
    yield* gather(source, (doc) => {
      meter.begin();
      const id = key(doc) ?? null;
      let found = groups.get(id);
      if (found === undefined) {
        kept.take(id);
        found = { id, states: fields.map(({ make }) => make({ meter, kept })) };
        groups.add(id, found);
        order.push(found);
      }
      const { states } = found;
      fields.forEach(({ evaluate }, i) => (states[i] as Accumulator).add(evaluate(doc)));
    });
    for (const { id, states } of order) {
      const doc: Doc = { _id: id };
      fields.forEach(({ name }, i) => setOwn(doc, name, states[i]?.result() ?? null));
      yield doc;
    }
    kept.release();
  };
}

export const sortByCount: StageCompiler = (spec, context) => {
  const isExpression = isDoc(spec) && Object.keys(spec)[0]?.startsWith('$');
  if (isDoc(spec) && !isExpression) {
    throw new CommandError(
      40147,
      'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
    );
  }
  if (typeof spec === 'string' && !spec.startsWith('$')) {
    throw new CommandError(
      40148,
      'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
    );
  }
  if (typeof spec !== 'string' && !isExpression) {
    throw new CommandError(
      40149,
      'the sortByCount field must be specified as a string or as an object',
    );
  }
  const counted = group({ _id: spec, count: { $count: {} } }, context);
  const sorted = sort({ count: -1 }, context);
  return (source) => sorted(counted(source));
};
