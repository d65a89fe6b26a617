import fc from 'fast-check';
import { hostileObject, hostileValue } from './hostile-values.js';

export interface Schema {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  format?: string;
  example?: unknown;
  minimum?: number;
  maximum?: number;
}

export type Resolve = (schema: Schema) => Schema;

/** Values that fit a schema, more or less. */
function fitting(schema: Schema, resolve: Resolve): fc.Arbitrary<unknown> {
  const { type, enum: values, properties, minimum = 0, maximum = 100, example } = resolve(schema);
  if (values) return fc.constantFrom(...values);
  if (properties) {
    const fields = Object.entries(properties).map(
      ([name, property]) => [name, fitting(property, resolve)] as const,
    );
    return fc.record(Object.fromEntries(fields), { requiredKeys: [], noNullPrototype: true });
  }
  switch (type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer({ min: minimum, max: maximum });
    case 'string':
      return fc.oneof(
        fc.constantFrom(example ?? 'text', 'TOKEN'),
        fc.string({ minLength: 1, maxLength: 20 }),
      );
    default:
      return fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), {
        maxKeys: 3,
        noNullPrototype: true,
      });
  }
}

/** Bodies for a schema: right, with a field that is wrong or one too many, or something else altogether. */
export function bodiesFor(schema: Schema, resolve: Resolve): fc.Arbitrary<unknown> {
  const right = fitting(schema, resolve);
  const { properties = {} } = resolve(schema);
  const names = [...Object.keys(properties), 'extra', '$set', '_id'];
  const wrongField = fc
    .tuple(right, fc.constantFrom(...names), hostileValue)
    .map(([body, name, value]) => ({ ...(body as object), [name]: value }));
  const wrongOption = fc
    .tuple(
      right,
      fc.constantFrom('data', 'data', 'data', 'p2p', 'mediaConfiguration'),
      hostileObject,
    )
    .map(([body, name, value]) => ({ ...(body as object), options: { [name]: value } }));
  return fc.oneof(
    { weight: 4, arbitrary: right },
    { weight: 6, arbitrary: wrongField },
    ...('options' in properties ? [{ weight: 6, arbitrary: wrongOption }] : []),
    { weight: 2, arbitrary: hostileValue },
  );
}
