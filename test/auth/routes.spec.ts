import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { getMetadataStorage } from 'class-validator';
import { ALLOWED_ROLES } from '../../src/auth/allow.decorator.js';
import { IS_PUBLIC } from '../../src/auth/public.decorator.js';
import { routesOf, type Route } from '../support/routes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Parameter {
  index: number;
  pipes: unknown[];
}

let server: TestApp;
let routes: Route[];

beforeAll(async () => {
  server = await startTestApp();
  routes = routesOf(server.app);
});

afterAll(() => server.close());

/** The parameters that are validated: every body and every query. */
function validatedParameters({ controller, method }: Route): { key: string; type: unknown }[] {
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) as
    Record<string, Parameter> | undefined;
  const types = Reflect.getMetadata(
    'design:paramtypes',
    controller.prototype as object,
    method,
  ) as unknown[];
  const kinds = [RouteParamtypes.BODY, RouteParamtypes.QUERY].map(String);
  return Object.entries(parameters ?? {})
    .filter(([key]) => kinds.includes(key.split(':')[0] ?? ''))
    .map(([key, { index }]) => ({ key, type: types[index] }));
}

describe('every route', () => {
  it('is found by this test', () => {
    expect(routes.length).toBeGreaterThan(25);
  });

  it('says who may call it', () => {
    const reflector = new Reflector();
    const undeclared = routes.filter(({ handler, controller }) => {
      const targets = [handler, controller];
      const roles = reflector.getAllAndOverride<string[] | undefined>(ALLOWED_ROLES, targets);
      return !reflector.getAllAndOverride(IS_PUBLIC, targets) && !roles?.length;
    });
    expect(undeclared.map(({ name }) => name)).toEqual([]);
  });

  it('that anyone may call is one for supervisors', () => {
    const reflector = new Reflector();
    const open = routes.filter(({ handler, controller }) =>
      reflector.getAllAndOverride(IS_PUBLIC, [handler, controller]),
    );
    expect(open.map(({ name }) => name)).toEqual([
      'GET HealthController.live',
      'GET HealthController.ready',
      'GET VersionController.read',
    ]);
  });

  it('takes bodies and queries as classes with rules that are there at run time', () => {
    const erased = routes.flatMap((route) =>
      validatedParameters(route)
        .filter(({ type }) => !hasRules(type))
        .map(({ key, type }) => `${route.name} ${key} ${String(type)}`),
    );
    expect(erased).toEqual([]);
    expect(routes.flatMap(validatedParameters).length).toBeGreaterThan(9);
  });

  it('takes no body or query without checking it', () => {
    const unchecked = routes.flatMap(({ name, controller, method }) => {
      const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) as
        Record<string, Parameter> | undefined;
      const kinds = [RouteParamtypes.BODY, RouteParamtypes.QUERY].map(String);
      return Object.entries(parameters ?? {})
        .filter(([key, { pipes }]) => kinds.includes(key.split(':')[0] ?? '') && !pipes.length)
        .map(([key]) => `${name} ${key}`);
    });
    expect(unchecked).toEqual([]);
  });
});

function hasRules(type: unknown): boolean {
  if (typeof type !== 'function') return false;
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0;
}
