import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/public.decorator.js';
import { VERSION } from '../common/version.js';
import { VersionDto } from './version.dto.js';

@ApiTags('health')
@Public()
@Controller('version')
export class VersionController {
  @ApiOperation({ operationId: 'getVersion', summary: 'Which version this is' })
  @ApiOkResponse({ type: VersionDto })
  @Get()
  read(): VersionDto {
    return { name: 'nuvem', version: VERSION };
  }
}
