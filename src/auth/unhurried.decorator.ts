import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const IS_UNHURRIED = 'nuvem:unhurried';

/**
 * A route that very many call at their leisure: what they ask of the database waits a moment for others, so that
 * many requests are one command.
 */
export const Unhurried = (): CustomDecorator => SetMetadata(IS_UNHURRIED, true);
