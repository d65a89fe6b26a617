import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { StoredAnswer } from './stored-answer.js';

/** The request was carried out before. */
export class AnsweredBefore extends Error {
  constructor(readonly answer: StoredAnswer) {
    super('The request was carried out before');
  }
}

/** Sends the answer again, as it was. */
@Catch(AnsweredBefore)
export class AnsweredBeforeFilter implements ExceptionFilter<AnsweredBefore> {
  catch({ answer: { status, headers, body } }: AnsweredBefore, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply
      .status(status)
      .headers(headers)
      .header('idempotent-replayed', 'true')
      .send(Buffer.from(body));
  }
}
