import { ValidateBy } from 'class-validator';
import { MAX_METADATA_BYTES, metadataText, type Metadata } from '../metadata.js';

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Buffer.byteLength(metadataText(value as Metadata)) <= MAX_METADATA_BYTES;
}

export const IsMetadata = (): PropertyDecorator =>
  ValidateBy({
    name: 'isMetadata',
    validator: {
      validate: isMetadata,
      defaultMessage: () => '$property must be an object of at most 4 kB as JSON',
    },
  });
