import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer, Reflector } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** A handler of the application, as its decorators describe it. */
export interface Route {
  /** Verb, class and method. */
  name: string;
  verb: string;
  /** With `{name}` where a parameter stands, as OpenAPI writes it. */
  path: string;
  controller: Type;
  method: string;
  handler: () => unknown;
}

/** Every route that a controller of the application declares. */
export function routesOf(app: NestFastifyApplication): Route[] {
  return [...app.get(ModulesContainer).values()]
    .flatMap(({ controllers }) => [...controllers.values()])
    .flatMap(({ metatype }) => routesOfController(metatype as Type));
}

function routesOfController(controller: Type): Route[] {
  const prototype = controller.prototype as Record<string, () => unknown>;
  const reflector = new Reflector();
  return Object.getOwnPropertyNames(prototype)
    .filter((method) => method !== 'constructor')
    .flatMap((method) => {
      const handler = prototype[method];
      const path = handler && reflector.get<string | undefined>(PATH_METADATA, handler);
      if (!handler || path === undefined) return [];
      const verb = RequestMethod[reflector.get<number>(METHOD_METADATA, handler)] ?? '';
      const name = `${verb} ${controller.name}.${method}`;
      const whole = join(reflector.get<string>(PATH_METADATA, controller), path);
      return [{ name, verb, path: whole, controller, method, handler }];
    });
}

function join(...parts: string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((part) => part !== '');
  return `/${segments.join('/')}`.replaceAll(/:(\w+)/g, '{$1}');
}
