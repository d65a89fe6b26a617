import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ApiException } from '../../common/errors/api.exception.js';
import { PageFiles } from './page-files.js';

/** The two pages, and their scripts and styles. */
@Controller()
export class PagesController {
  constructor(private readonly files: PageFiles) {}

  @Get()
  call(@Headers('if-none-match') known: string | undefined, @Res() reply: FastifyReply): void {
    this.send('call.html', known, reply);
  }

  @Get('console')
  console(@Headers('if-none-match') known: string | undefined, @Res() reply: FastifyReply): void {
    this.send('console.html', known, reply);
  }

  @Get('assets/:name')
  asset(
    @Param('name') name: string,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    this.send(name, known, reply);
  }

  private send(name: string, known: string | undefined, reply: FastifyReply): void {
    const file = this.files.get(name);
    if (!file) throw new ApiException('RESOURCE_NOT_FOUND');
    reply.header('etag', file.etag).header('cache-control', 'no-cache');
    if (known === file.etag) reply.status(304).send();
    else reply.type(file.type).send(file.body);
  }
}
