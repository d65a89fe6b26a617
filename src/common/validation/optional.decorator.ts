import { ValidateIf } from 'class-validator';

/** May be left out; unlike IsOptional, it may not be null, which would be stored. */
export const Optional = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
