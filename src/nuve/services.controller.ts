import { Controller, Delete, Get, Header, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ApiText } from '../common/api-text.decorator.js';
import { ValidBody } from '../common/validation/valid.decorator.js';
import { WholePath } from '../common/whole-path.guard.js';
import { CreateServiceDto } from './dto/create-service.dto.js';
import { CreatedServiceDto, ServiceDto } from './dto/service.dto.js';
import { PhpEmptyListsPipe } from './php-empty-lists.pipe.js';
import { ServicesService } from '../services/services.service.js';

@ApiTags('services')
@Allow('superservice')
@UsePipes(PhpEmptyListsPipe)
@Controller('services')
export class NuveServicesController {
  constructor(private readonly services: ServicesService) {}

  @ApiOperation({
    operationId: 'createService',
    summary: 'Create a service',
    description:
      'With a `key`, answers the new id as a JSON string, as Nuve does; without one, a key of 256 bits ' +
      'is made and answered, this once.',
  })
  @ApiExtraModels(CreatedServiceDto)
  @ApiOkResponse({
    description: 'The new service, or its id alone when a key was given',
    schema: {
      oneOf: [
        { $ref: getSchemaPath(CreatedServiceDto) },
        { type: 'string', example: '65f0c0ffee65f0c0ffee65f0' },
      ],
    },
  })
  @ApiErrors('INVALID_SERVICE')
  @Header('content-type', 'application/json; charset=utf-8')
  @HttpCode(200)
  @Post()
  async create(@ValidBody('INVALID_SERVICE') body: CreateServiceDto): Promise<string> {
    const service = await this.services.create(body);
    const answer = body.key === undefined ? CreatedServiceDto.from(service) : service._id;
    return JSON.stringify(answer);
  }

  @ApiOperation({ operationId: 'listServices', summary: 'List all services' })
  @ApiOkResponse({ type: [ServiceDto] })
  @Get()
  async findAll(): Promise<ServiceDto[]> {
    return (await this.services.findAll()).map((service) => ServiceDto.from(service));
  }

  @ApiOperation({ operationId: 'getService', summary: 'Read a service' })
  @ApiOkResponse({ type: ServiceDto })
  @ApiErrors('SERVICE_NOT_FOUND')
  @Get(':service')
  async findOne(@Param('service') id: string): Promise<ServiceDto> {
    return ServiceDto.from(await this.services.findOne(id));
  }

  @ApiOperation({
    operationId: 'deleteService',
    summary: 'Delete a service',
    description: 'Ends its rooms, its tokens and its live calls.',
  })
  @ApiText('Service deleted')
  @ApiErrors('INVALID_REQUEST', 'SERVICE_NOT_FOUND', 'SUPERSERVICE_PROTECTED')
  @WholePath()
  @Delete(':service')
  async remove(@Param('service') id: string): Promise<string> {
    await this.services.remove(id);
    return 'Service deleted';
  }
}
