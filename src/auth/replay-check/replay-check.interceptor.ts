import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { concatMap, dematerialize, materialize, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../authenticated-request.js';

/**
 * Calls the handler during the replay check, and keeps back whatever it does until the check has passed: a value, each
 * event of a stream, an error, the end. Where the check fails, its refusal is the response.
 */
export class ReplayCheckInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, handler: CallHandler): Observable<unknown> {
    const { replayCheck } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    return handler.handle().pipe(
      materialize(),
      concatMap(async (whatItDid) => {
        await replayCheck.passed();
        return whatItDid;
      }),
      dematerialize(),
    );
  }
}
