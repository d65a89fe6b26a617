import { Injectable } from '@nestjs/common';
import { Environment } from '../../../config/environment.js';
import { AddressPolicy } from '../../../http/address-policy.js';

/** Where nodes live: anywhere, their own networks among it. */
const RANGES = ['unicast', 'private', 'uniqueLocal', 'carrierGradeNat'];

/** The addresses that this process makes control calls to. A control URL is whatever a service of role `node` said. */
@Injectable()
export class ControlAddresses extends AddressPolicy {
  constructor({ controlUrlAllowSubnets }: Environment) {
    super(RANGES, controlUrlAllowSubnets);
  }
}
