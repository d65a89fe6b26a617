import { types } from 'node:util';
import { ConfigurationError } from './configuration-error.js';
import type { Environment } from './environment.js';
import { portsOf } from './rules/ports.js';

/** What a system says of a port that is another's, one that needs privileges, and an address that is not its own. */
const PORT_PROBLEMS: Record<string, string> = {
  EADDRINUSE: 'another process listens there',
  EACCES: 'may not be listened on: ports under 1024 need a privilege',
};
const HOST_CODES = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EAI_AGAIN', 'EINVAL', 'ENOTFOUND'];

/** Names the variable behind an error of `listen`; any other error stays as it is. */
export function namingVariable(error: unknown, environment: Environment): unknown {
  if (!types.isNativeError(error)) return error;
  const { code = '', port } = error as NodeJS.ErrnoException & { port?: number };
  const problem = PORT_PROBLEMS[code];
  if (problem && port !== undefined) {
    const name = variableOf(port, environment);
    return new ConfigurationError(`Wrong settings:\n  ${name}: ${port}, ${problem} (${code})`, {
      cause: error,
    });
  }
  if (!HOST_CODES.includes(code)) return error;
  const rule = 'is no address that this machine can listen on';
  return new ConfigurationError(`Wrong settings:\n  HOST: ${rule} (${code})`, { cause: error });
}

function variableOf(port: number, environment: Environment): string | undefined {
  return portsOf(environment).find(([, value]) => value === port)?.[0];
}
