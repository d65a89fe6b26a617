import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { closeBodies } from './closed-bodies.js';
import { addNumberFormats } from './number-formats.js';
import { tidyNamedEnums } from './named-enums.js';
import { nameNodeStates } from './node-states.js';
import { stripDtoSuffix } from './schema-names.js';

type Change = (document: OpenAPIObject) => OpenAPIObject;

function documentOf(schemas: object, paths: object = {}): OpenAPIObject {
  const info = { title: 'test', version: '1' };
  return { openapi: '3.1.0', info, paths, components: { schemas } } as OpenAPIObject;
}

/** What a change makes of one property of a schema. */
function changed(property: object, change: Change): unknown {
  const schemas = { Thing: { type: 'object', properties: { field: property } } };
  const document = change(documentOf(schemas));
  expect(schemas.Thing.properties.field).toBe(property);
  const { Thing } = (document.components?.schemas ?? {}) as typeof schemas;
  return Thing.properties.field;
}

describe('numbers', () => {
  it.each([
    [{ type: 'integer' }, 'int32'],
    [{ type: 'integer', maximum: 2 ** 31 - 1 }, 'int32'],
    [{ type: 'integer', maximum: 2 ** 31 }, 'int64'],
    [{ type: 'integer', minimum: -(2 ** 40) }, 'int64'],
    [{ type: 'integer', format: 'int64' }, 'int64'],
    [{ type: ['integer', 'null'] }, 'int32'],
    [{ type: 'number' }, 'double'],
    [{ type: ['number', 'null'] }, 'double'],
    [{ type: 'number', format: 'float' }, 'float'],
    [{ type: 'string' }, undefined],
  ])('%j are as wide as %s', (given, format) => {
    expect(changed(given, addNumberFormats)).toEqual({ ...given, ...(format && { format }) });
  });

  it('are found in lists, parameters and bodies, and not in examples', () => {
    const items = { type: 'integer' };
    const schema = { type: 'array', items, example: [items] };
    const paths = {
      '/v1/things': {
        get: {
          parameters: [{ name: 'a', in: 'query', schema }],
          responses: {
            200: {
              description: 'd',
              content: { 'application/json': { schema, example: { schema: items } } },
            },
          },
        },
      },
    };
    const text = JSON.stringify(addNumberFormats(documentOf({}, paths)).paths);
    expect(text.match(/"items":{"type":"integer","format":"int32"}/g)).toHaveLength(2);
    expect(text.match(/int32/g)).toHaveLength(2);
  });
});

describe("a node's state", () => {
  it('is one type, whose numbers have names, wherever it stands', () => {
    const state = { type: 'integer', enum: [0, 1, 2], description: 'Now', example: 1 };
    expect(changed(state, nameNodeStates)).toEqual({
      $ref: '#/components/schemas/NodeState',
      description: 'Now',
      example: 1,
    });
    expect(nameNodeStates(documentOf({})).components?.schemas?.['NodeState']).toMatchObject({
      enum: [0, 1, 2],
      'x-enum-varnames': ['FULL', 'WARNING', 'AVAILABLE'],
    });
  });

  it.each([[[0, 1]], [['0', '1', '2']]])('is not %j', (values) => {
    expect(changed({ enum: values }, nameNodeStates)).toEqual({ enum: values });
  });
});

describe('a named type', () => {
  const $ref = '#/components/schemas/Other';

  it.each([
    ['alone', { allOf: [{ $ref }], description: 'd' }, { $ref, description: 'd' }],
    ['with others', { allOf: [{ $ref }, {}] }, { allOf: [{ $ref }, {}] }],
  ])('is referred to %s', (_, given, expected) => {
    expect(changed(given, tidyNamedEnums)).toEqual(expected);
  });

  it('has an example when it is a list of values', () => {
    const schemas = { A: { enum: ['a', 'b'] }, B: { enum: ['a', 'b'], example: 'b' }, C: {} };
    expect(tidyNamedEnums(documentOf(schemas)).components?.schemas).toEqual({
      ...schemas,
      A: { enum: ['a', 'b'], example: 'a' },
    });
  });
});

describe('names of schemas', () => {
  it('are those of the classes without Dto, where they are referred to as well', () => {
    const Other = { type: 'string' };
    const ThingDto = { properties: { other: { $ref: '#/components/schemas/OtherDto' } } };
    expect(stripDtoSuffix(documentOf({ ThingDto, OtherDto: Other })).components?.schemas).toEqual({
      Thing: { properties: { other: { $ref: '#/components/schemas/Other' } } },
      Other,
    });
  });

  it('are not given twice', () => {
    const document = documentOf({ RoomDto: {}, Room: {} });
    expect(() => stripDtoSuffix(document)).toThrow('Two schemas would be named Room');
  });
});

describe('bodies', () => {
  const body = (name: string): object => ({
    post: {
      requestBody: {
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
      },
      responses: {},
    },
  });

  it('of /v1 have no other fields, and nor have the objects in them', () => {
    const Inner = { properties: { a: {} } };
    const New = { properties: { inner: { $ref: '#/components/schemas/Inner' } } };
    const Nuve = { properties: { a: {} } };
    const document = documentOf(
      { Inner, New, Nuve, Free: { type: 'object' } },
      { '/v1/new': body('New'), '/v1/free': body('Free'), '/nuve': body('Nuve') },
    );
    expect(closeBodies(document).components?.schemas).toEqual({
      Inner: { ...Inner, additionalProperties: false },
      New: { ...New, additionalProperties: false },
      Nuve,
      Free: { type: 'object' },
    });
  });
});
