import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { AuthenticatedRequest } from './authenticated-request.js';

/** How a route's requests are let in. */
export const ADMISSION = 'nuvem:admission';

/**
 * `unhurried`: very many call it at their leisure, so that what they ask of the database waits a moment for others,
 * and many requests are one command. `overlapping`: the handler is called while the database is still asked
 * whether the header was used before.
 */
export type Admission = 'unhurried' | 'overlapping';

export const Unhurried = (): MethodDecorator => SetMetadata(ADMISSION, 'unhurried' as Admission);

/**
 * Waits until the header is known to be used for the first time, and rejects when it was used before. A function,
 * since Nest waits for a parameter that is a promise.
 */
export type Freshness = () => Promise<void>;

const FreshParam = createParamDecorator(
  (_: unknown, context: ExecutionContext): Freshness =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().fresh,
);

/** A handler that takes this reads meanwhile, and must wait for it before it writes or answers: see `onceFresh`. */
export const Fresh =
  (): ParameterDecorator =>
  (target, name, index): void => {
    const handler = (target as Record<string | symbol, object>)[name as string] as object;
    Reflect.defineMetadata(ADMISSION, 'overlapping' satisfies Admission, handler);
    FreshParam()(target, name, index);
  };

/** What was read, or why it could not be, but to nobody who sends a header again. */
export async function onceFresh<T>(fresh: Freshness, reading: Promise<T>): Promise<T> {
  // Whichever fails first: that both are waited for in turn leaves none unhandled.
  reading.catch(() => undefined);
  await fresh();
  return reading;
}
