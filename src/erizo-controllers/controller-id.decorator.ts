import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { Types } from 'mongoose';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';

class ControllerIdPipe implements PipeTransform<string, Types.ObjectId> {
  transform(text: string): Types.ObjectId {
    const id = parseObjectId(text);
    if (!id) throw new ApiException('ERIZO_CONTROLLER_NOT_FOUND');
    return id;
  }
}

const documented = ApiParam({
  name: 'id',
  schema: { type: 'string' },
  example: '65f0c0ffee65f0c0ffee65f1',
});

/** The node's id in the path; what can be no id is answered as a node that does not exist. */
export const ControllerId = (): ParameterDecorator => (target, method, index) => {
  Param('id', ControllerIdPipe)(target, method, index);
  const descriptor = method && Object.getOwnPropertyDescriptor(target, method);
  if (descriptor) documented(target, method, descriptor);
};
