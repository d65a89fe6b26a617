import { ApiTags } from '@nestjs/swagger';

/** Lists a controller's operations, in the OpenAPI document, among those that Licode's clients need. */
export const NuveTag = (): ClassDecorator => ApiTags('Licode compatibility');
