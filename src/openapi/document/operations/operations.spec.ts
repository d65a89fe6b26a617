import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { addNodeCallbacks } from './node-callbacks.js';
import { describePathParameters } from './path-parameters.js';
import { putV1First } from './path-order.js';
import { markPublicOperations } from './public-operations.js';

function documentOf(paths: Record<string, object>): OpenAPIObject {
  const items = Object.entries(paths).map(([path, operation]) => [
    path,
    { post: { responses: {}, ...operation } },
  ]);
  const info = { title: 'test', version: '1' };
  return { openapi: '3.1.0', info, paths: Object.fromEntries(items) as OpenAPIObject['paths'] };
}

it('an operation without a sign-in says that it needs none', () => {
  const signed = [{ basic: [] }];
  const { paths } = markPublicOperations(documentOf({ '/a': {}, '/b': { security: signed } }));
  expect(paths['/a']?.post?.security).toEqual([]);
  expect(paths['/b']?.post?.security).toEqual(signed);
});

it('/v1 stands first', () => {
  const { paths } = putV1First(documentOf({ '/rooms': {}, '/v1/b': {}, '/v1x': {}, '/v1/a': {} }));
  expect(Object.keys(paths)).toEqual(['/v1/b', '/v1/a', '/rooms', '/v1x']);
});

describe('parameters of a path', () => {
  const described = (parameter: object): unknown =>
    describePathParameters(documentOf({ '/a': { parameters: [parameter] } })).paths['/a']?.post
      ?.parameters;

  it('are described', () => {
    const room = { name: 'room', in: 'path' };
    const description = expect.stringContaining('24 hexadecimal digits');
    const example = expect.stringMatching(/^[0-9a-f]{24}$/);
    expect(described(room)).toEqual([{ ...room, description, example }]);
  });

  it.each([
    ['have their own word', { name: 'room', in: 'path', description: 'Own', example: 'one' }],
    ['are not those of the query', { name: 'room', in: 'query' }],
  ])('%s', (_, parameter) => {
    expect(described(parameter)).toEqual([parameter]);
  });
});

describe('the registration of a node', () => {
  const { paths, components } = addNodeCallbacks(
    documentOf({ '/v1/nodes': { operationId: 'registerNode' }, '/a': { operationId: 'other' } }),
  );

  it('says what its control URL is asked for', () => {
    const { callbacks } = paths['/v1/nodes']?.post ?? {};
    const asked = Object.values(callbacks ?? {}).flatMap((callback) =>
      Object.entries(callback).flatMap(([path, item]) =>
        Object.keys(item as object).map((method) => `${method} ${path}`),
      ),
    );
    expect(asked).toEqual([
      'get {$request.body#/controlUrl}/rooms/{room}/users',
      'delete {$request.body#/controlUrl}/rooms/{room}',
      'delete {$request.body#/controlUrl}/rooms/{room}/users/{user}',
    ]);
    expect(paths['/a']?.post).not.toHaveProperty('callbacks');
  });

  it('says how that is signed', () => {
    expect(components?.securitySchemes).toEqual({
      control: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: expect.stringContaining('NuvemControl serviceid='),
      },
    });
  });
});
