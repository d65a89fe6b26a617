import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';

interface RouteArgument {
  index: number;
  pipes: PipeTransform[];
}

/** The pipe of a handler's first parameter that has one, applied as Nest applies it. */
export function pipeOf(controller: Type, handler: string): (value: unknown) => Promise<unknown> {
  const routes = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) as Record<
    string,
    RouteArgument
  >;
  const [argument] = Object.values(routes).filter(({ pipes }) => pipes.length > 0);
  const [pipe] = argument?.pipes ?? [];
  if (!argument || !pipe) throw new Error(`${handler} has no parameter with a pipe`);
  const types = Reflect.getMetadata(
    'design:paramtypes',
    controller.prototype as object,
    handler,
  ) as Type[];
  const metadata: ArgumentMetadata = { type: 'body', metatype: types[argument.index] };
  return async (value) => (await pipe.transform(value, metadata)) as unknown;
}
