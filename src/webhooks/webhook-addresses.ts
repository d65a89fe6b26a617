import { Injectable } from '@nestjs/common';
import { lookup } from 'node:dns/promises';
import { Environment } from '../config/environment.js';
import { AddressPolicy, addressIn } from '../http/address-policy.js';

const MAX_LENGTH = 2048;

/** The addresses that events are sent to: public ones, and those that WEBHOOK_ALLOW_SUBNETS lets in. */
@Injectable()
export class WebhookAddresses extends AddressPolicy {
  constructor({ webhookAllowSubnets }: Environment) {
    super(['unicast'], webhookAllowSubnets);
  }

  /** What is wrong with an address that events are to be sent to; undefined for nothing. */
  async mistakeIn(url: string): Promise<string | undefined> {
    if (!isPlainHttpUrl(url)) {
      return 'url must be an http or https URL without credentials and fragment';
    }
    if (!this.isAllowedUrl(url)) {
      return 'url leads to an address that is not public, and that WEBHOOK_ALLOW_SUBNETS does not allow';
    }
    if (!isSecure(url) && !(await this.isBesides(url))) {
      return 'url must be https, unless WEBHOOK_ALLOW_SUBNETS allows all of its addresses';
    }
    return undefined;
  }

  /** Whether the address that a URL names is one to send to; a name is looked at when it is resolved. */
  isSendable(url: string): boolean {
    const address = addressIn(url);
    if (address === null) return true;
    return isSecure(url) ? this.isAllowed(address) : this.isAllowedBesides(address);
  }

  private async isBesides(url: string): Promise<boolean> {
    const address = addressIn(url);
    if (address !== null) return this.isAllowedBesides(address);
    const found = await lookup(new URL(url).hostname, { all: true }).catch(() => []);
    return found.length > 0 && found.every((each) => this.isAllowedBesides(each.address));
  }
}

function isSecure(url: string): boolean {
  return new URL(url).protocol === 'https:';
}

function isPlainHttpUrl(url: string): boolean {
  if (url.length > MAX_LENGTH || /[#\s\\]/.test(url) || !URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username === '' && password === '' && /^https?:\/\/[^/?]/i.test(url);
}
