import { Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { isDto, propertiesOf } from '../common/validation/dto-input.js';

/**
 * Reads `[]` as `{}` where a body is to hold an object: PHP writes any array without keys as a list, and Licode's PHP
 * client sends `options` that were left empty so.
 */
@Injectable()
export class PhpEmptyListsPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    return type === 'body' && metatype ? asObject(value, metatype) : value;
  }
}

function asObject(value: unknown, type: Type): unknown {
  if (isEmptyList(value)) return {};
  if (!isDto(type) || typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  const fields = value as Record<string, unknown>;
  const changed: Record<string, unknown> = {};
  for (const name of propertiesOf(type)) {
    if (!Object.hasOwn(fields, name)) continue;
    const field = fields[name];
    const fieldType = Reflect.getMetadata('design:type', type.prototype as object, name) as Type;
    // A tenant's own lists, deeper in what is no DTO, stay lists.
    if (fieldType !== Object && !isDto(fieldType)) continue;
    const read = asObject(field, fieldType);
    if (read !== field) changed[name] = read;
  }
  return Object.keys(changed).length > 0 ? { ...fields, ...changed } : fields;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
