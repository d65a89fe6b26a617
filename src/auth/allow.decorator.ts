import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { ServiceRole } from '../common/service-role.js';

export const ALLOWED_ROLES = 'nuvem:allowed-roles';

/** Names of the security schemes in the OpenAPI document. */
export const BASIC_SCHEME = 'basic';
export const HTTP_SIGNATURE_SCHEME = 'httpSignature';
export const MAUTH_SCHEME = 'mauth';

/**
 * Who may call: a service with one of these roles. A method's list replaces its class's. The document names MAuth, which all
 * routes take, and adds the others to those under /v1.
 */
export const Allow = (...roles: ServiceRole[]): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(ALLOWED_ROLES, roles), ApiSecurity(MAUTH_SCHEME));
