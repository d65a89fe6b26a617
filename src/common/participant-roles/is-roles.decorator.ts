import { holdsDotSegment } from '@nuvem/client';
import { ValidateBy } from 'class-validator';
import { isTextOf } from '../validation/text-length.decorator.js';

export const MAX_ROLES = 32;
export const MAX_PERMISSIONS = 32;
const MAX_NAME_LENGTH = 64;

export const IsRoles = (): PropertyDecorator =>
  ValidateBy({
    name: 'isRoles',
    validator: {
      validate: isRoles,
      defaultMessage: () =>
        `$property must be an object of 1 to ${MAX_ROLES} roles, each an object of at most ${MAX_PERMISSIONS} permissions ` +
        `that are true, false or an object of such, with names of 1 to ${MAX_NAME_LENGTH} characters`,
    },
  });

function isRoles(value: unknown): boolean {
  return (
    isObjectOf(value, MAX_ROLES, isPermissions) &&
    Object.keys(value).length > 0 &&
    !Object.keys(value).some(holdsDotSegment)
  );
}

function isPermissions(value: unknown): boolean {
  return isObjectOf(value, MAX_PERMISSIONS, (each) => isBoolean(each) || isNested(each));
}

function isNested(value: unknown): boolean {
  return isObjectOf(value, MAX_PERMISSIONS, isBoolean);
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isObjectOf(
  value: unknown,
  maxEntries: number,
  isEntry: (value: unknown) => boolean,
): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= maxEntries && entries.every(([name, entry]) => isName(name) && isEntry(entry))
  );
}

function isName(name: string): boolean {
  return isTextOf(name, 1, MAX_NAME_LENGTH) && !name.includes('\0');
}
