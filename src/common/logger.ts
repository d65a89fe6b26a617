import type { LoggerService } from '@nestjs/common';
import { pino, type Logger, type LoggerOptions } from 'pino';

/** What a line says of its request: also who sent it, once that is known, and the room that its path names. */
interface LoggedRequest {
  method: string;
  url: string;
  ip: string;
  service?: { _id: object };
  params?: Record<string, string>;
}

/** JSON lines on standard output. No header or body is ever logged: they hold signatures and keys. */
export function createLogger(level: string): Logger {
  const options: LoggerOptions = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: {
      req: ({ method, url, ip, service, params }: LoggedRequest) => ({
        method,
        url,
        ip,
        service: service?._id,
        room: params?.['room'],
      }),
      err: pino.stdSerializers.errWithCause,
    },
  };
  return pino(options);
}

/** What tells its steps to whoever writes Nest applications: each module, controller and route. */
const FRAMEWORK = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Messages of Nest's loggers, ours and its own, in the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...params: unknown[]): void {
    this.write(FRAMEWORK.has(String(params.at(-1))) ? 'debug' : 'info', message, params);
  }

  error(message: unknown, ...params: unknown[]): void {
    this.write('error', message, params);
  }

  warn(message: unknown, ...params: unknown[]): void {
    this.write('warn', message, params);
  }

  debug(message: unknown, ...params: unknown[]): void {
    this.write('debug', message, params);
  }

  verbose(message: unknown, ...params: unknown[]): void {
    this.write('trace', message, params);
  }

  /** Nest passes the context last, and for errors the stack before it. */
  private write(
    level: 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    params: unknown[],
  ): void {
    const context = params.at(-1);
    const [stack] = params.slice(0, -1);
    const fields = {
      ...(typeof context === 'string' && { context }),
      ...(typeof stack === 'string' && { stack }),
    };
    if (message instanceof Error) this.pino[level]({ ...fields, err: message }, message.message);
    else this.pino[level](fields, typeof message === 'string' ? message : JSON.stringify(message));
  }
}
