import { Param, type PipeTransform } from '@nestjs/common';
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

/** The node's id in the path; what can be no id is answered as a node that does not exist. */
export const ControllerId = (): ParameterDecorator => Param('id', ControllerIdPipe);
