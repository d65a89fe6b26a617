import { ValidateBy } from 'class-validator';

const DATE_TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

/** A time of RFC 3339, on a day that there is. */
export function isDateTime(value: unknown): boolean {
  const [, day] = (typeof value === 'string' && DATE_TIME.exec(value)) || [];
  if (day === undefined || Number.isNaN(Date.parse(value as string))) return false;
  return new Date(day).toISOString().startsWith(day);
}

export const IsDateTime = (): PropertyDecorator =>
  ValidateBy({
    name: 'isDateTime',
    validator: {
      validate: isDateTime,
      defaultMessage: () => '$property must be a time as 2026-01-31T12:00:00Z',
    },
  });
