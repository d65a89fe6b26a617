import { registerDecorator } from 'class-validator';
import { holdsDotSegment } from '@nuvem/client';

/** A name that may stand in a path: see `holdsDotSegment`. What is no text is left to other rules. */
export const IsName = (): PropertyDecorator => (target, propertyName) =>
  registerDecorator({
    name: 'isName',
    target: target.constructor,
    propertyName: String(propertyName),
    options: { message: '$property must not be, or hold as a part of a path, . or ..' },
    validator: {
      validate: (value: unknown) => typeof value !== 'string' || !holdsDotSegment(value),
    },
  });
