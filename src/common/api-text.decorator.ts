import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';

/** Documents a route that answers 200 with this plain text. */
export const ApiText = (example: string, description = 'Done'): MethodDecorator =>
  applyDecorators(
    ApiProduces('text/plain'),
    ApiOkResponse({
      description,
      content: { 'text/plain': { schema: { type: 'string', example } } },
    }),
  );
