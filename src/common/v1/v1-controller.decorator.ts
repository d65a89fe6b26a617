import { applyDecorators, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

/**
 * A controller of Nuvem's own API, as against Nuve's routes: JSON always, errors as problem details.
 *
 * @param path after `/v1/`
 * @param tag under which the document lists its operations
 */
export const V1Controller = (path: string, tag: string): ClassDecorator =>
  applyDecorators(Controller(path === '' ? 'v1' : `v1/${path}`), ApiTags(tag));
