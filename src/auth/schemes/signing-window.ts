import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { ApiException } from '../../common/errors/api.exception.js';
import { Environment } from '../../config/environment.js';

/** When a signature may have been made. It is asked once the signature is right: a stranger learns nothing of it. */
@Injectable()
export class SigningWindow {
  private readonly seconds: number;

  constructor(
    private readonly clock: Clock,
    { mauthWindowSeconds }: Environment,
  ) {
    this.seconds = mauthWindowSeconds;
  }

  /**
   * @param createdMs when the signature was made, in milliseconds since 1970
   * @param expiresMs when it ends, where it says so
   * @throws CLOCK_SKEWED
   */
  check(createdMs: number, expiresMs = Infinity): void {
    const now = this.clock.now();
    const here = `it is ${new Date(now).toISOString()} here`;
    if (Math.abs(now - createdMs) > this.seconds * 1000) {
      throw skewed(`The time of the signature is more than ${this.seconds} s off: ${here}`);
    }
    if (now > expiresMs) throw skewed(`The signature has expired: ${here}`);
  }
}

function skewed(detail: string): ApiException {
  return new ApiException('CLOCK_SKEWED', { detail, cause: detail });
}
