import { Injectable } from '@nestjs/common';
import { isIP } from 'node:net';

/** Together well below the 5 s that an ErizoController waits for its registration. */
const REQUEST_TIMEOUT_MS = 1000;
const TOKEN_TTL_SECONDS = 60;

/** Asks Amazon's metadata service about the machine that this process runs on. */
@Injectable()
export class Ec2Metadata {
  /** Link-local, the same on every EC2 machine. */
  baseUrl = 'http://169.254.169.254';

  /** The public IPv4 address: by IMDSv2, otherwise v1. Null where there is no such service or address. */
  async publicIp(): Promise<string | null> {
    const token = await this.request('/latest/api/token', {
      method: 'PUT',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_TTL_SECONDS) },
    });
    const address = await this.request('/latest/meta-data/public-ipv4', {
      headers: token === null ? {} : { 'x-aws-ec2-metadata-token': token },
    });
    return address !== null && isIP(address) ? address : null;
  }

  private async request(path: string, init: RequestInit): Promise<string | null> {
    try {
      const response = await fetch(this.baseUrl + path, {
        ...init,
        redirect: 'error',
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const text = (await response.text()).trim();
      return response.ok ? text : null;
    } catch {
      return null;
    }
  }
}
