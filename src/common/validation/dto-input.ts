import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';

const propertyNames = new WeakMap<Type, ReadonlySet<string>>();

/**
 * Takes from an input what its DTO names, and wraps every object that is no DTO itself. class-transformer, which
 * is given the result, would walk into such objects as deep as they go, and call whatever an input has put
 * under the key `constructor`.
 */
export function wrapInput(input: object, dto: Type): Record<string, unknown> {
  const wrapped: Record<string, unknown> = {};
  for (const name of propertiesOf(dto)) {
    if (!Object.hasOwn(input, name)) continue;
    const value = (input as Record<string, unknown>)[name];
    const nested = Reflect.getMetadata('design:type', dto.prototype as object, name) as Type;
    if (isDto(nested)) wrapped[name] = nestedInput(value, nested);
    else wrapped[name] = wrap(value);
  }
  return wrapped;
}

/** Of a name that is not known, as many characters are told. */
const MAX_NAME_LENGTH = 100;

/** Dotted paths of what an input has and its DTO does not name. */
export function unknownFields(input: object, dto: Type, parent = ''): string[] {
  const known = propertiesOf(dto);
  return Object.entries(input).flatMap(([name, value]) => {
    const path = parent + name.slice(0, MAX_NAME_LENGTH);
    if (!known.has(name)) return [path];
    const nested = Reflect.getMetadata('design:type', dto.prototype as object, name) as Type;
    return isDto(nested) && isPlain(value) ? unknownFields(value, nested, `${path}.`) : [];
  });
}

/** A list is no DTO, and is refused without a look at its items, which class-validator would take for some. */
function nestedInput(value: unknown, dto: Type): unknown {
  if (isPlain(value)) return wrapInput(value, dto);
  return Array.isArray(value) ? [] : value;
}

/** Puts back, in a DTO made from a wrapped input, the very objects that were sent. */
export function unwrapInput(dto: object): void {
  const fields = dto as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'function') fields[name] = (value as () => unknown)();
    else if (isPlain(value)) unwrapInput(value);
  }
}

/** A function is the one thing that class-transformer hands on as it is. */
function wrap(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? () => value : value;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isDto(type: unknown): type is Type {
  return typeof type === 'function' && propertiesOf(type as Type).size > 0;
}

/** The properties with validation rules: a DTO has no others. */
export function propertiesOf(dto: Type): ReadonlySet<string> {
  let names = propertyNames.get(dto);
  if (!names) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
    names = new Set(rules.map(({ propertyName }) => propertyName));
    propertyNames.set(dto, names);
  }
  return names;
}
