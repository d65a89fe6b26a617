import { Controller, Delete, Get, Header, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ApiText } from '../common/api-text.decorator.js';
import { ValidBody } from '../common/validation/valid.decorator.js';
import { WholePath } from '../common/whole-path.guard.js';
import { CreateNuveServiceDto } from './dto/create-nuve-service.dto.js';
import { CreatedNuveServiceDto, NuveServiceDto } from './dto/nuve-service.dto.js';
import { PhpEmptyListsPipe } from './php-empty-lists.pipe.js';
import { ServicesService } from '../services/services.service.js';
import { NuveTag } from './nuve-tag.decorator.js';

@NuveTag()
@Allow('superservice')
@UsePipes(PhpEmptyListsPipe)
@Controller('services')
export class NuveServicesController {
  constructor(private readonly services: ServicesService) {}

  @ApiOperation({
    operationId: 'nuveCreateService',
    summary: 'Create a service',
    description:
      'With a `key`, answers the new id as a JSON string, as Nuve does; without one, a key of 256 bits ' +
      'is made and answered, this once.',
  })
  @ApiExtraModels(CreatedNuveServiceDto)
  @ApiOkResponse({
    description: 'The new service, or its id alone when a key was given',
    schema: { $ref: '#/components/schemas/NuveCreatedServiceOrId' },
  })
  @ApiErrors('INVALID_SERVICE')
  @Header('content-type', 'application/json; charset=utf-8')
  @HttpCode(200)
  @Post()
  async create(@ValidBody('INVALID_SERVICE') body: CreateNuveServiceDto): Promise<string> {
    const service = await this.services.create(body);
    const answer = body.key === undefined ? CreatedNuveServiceDto.from(service) : service._id;
    return JSON.stringify(answer);
  }

  @ApiOperation({ operationId: 'nuveListServices', summary: 'List all services' })
  @ApiOkResponse({ type: [NuveServiceDto] })
  @Get()
  async findAll(): Promise<NuveServiceDto[]> {
    return (await this.services.findAll()).map((service) => NuveServiceDto.from(service));
  }

  @ApiOperation({ operationId: 'nuveGetService', summary: 'Read a service' })
  @ApiOkResponse({ type: NuveServiceDto })
  @ApiErrors('SERVICE_NOT_FOUND')
  @Get(':service')
  async findOne(@Param('service') id: string): Promise<NuveServiceDto> {
    return NuveServiceDto.from(await this.services.findOne(id));
  }

  @ApiOperation({
    operationId: 'nuveDeleteService',
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
