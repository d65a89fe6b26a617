import type { OpenAPIObject } from '@nestjs/swagger';
import { isOfV1 } from '../map-operations.js';

/** Puts /v1 before all other paths, each part in the order that it has. */
export function putV1First(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths);
  const ofV1 = paths.filter(([path]) => isOfV1(path));
  const others = paths.filter(([path]) => !isOfV1(path));
  return {
    ...document,
    paths: Object.fromEntries([...ofV1, ...others]) as OpenAPIObject['paths'],
  };
}
