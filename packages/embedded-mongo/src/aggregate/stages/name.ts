import { CommandError } from '../../errors.js';
import { isDoc } from '../../bson/values.js';

export function stageName(stage: unknown): string {
  if (!isDoc(stage)) {
    throw new CommandError(14, 'Each element of the pipeline array must be an object');
  }
  const keys = Object.keys(stage);
  if (keys.length !== 1) {
    throw new CommandError(
      40323,
      'A pipeline stage specification object must contain exactly one field.',
    );
  }
  return keys[0] as string;
}
