import { holdsDotSegment } from '@nuvem/client';
import { registerDecorator } from 'class-validator';

/** A text of so many characters that may stand in a path of the API. */
export const IsName = (maxLength: number): PropertyDecorator => {
  return (target, propertyName) =>
    registerDecorator({
      name: 'isName',
      target: target.constructor,
      propertyName: String(propertyName),
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' &&
          value.length > 0 &&
          value.length <= maxLength &&
          !holdsDotSegment(value),
        defaultMessage: () =>
          `${String(propertyName)} must be a text of 1 to ${maxLength} characters, and lead nowhere in a path as .. does`,
      },
    });
};
