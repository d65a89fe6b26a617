import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { ServiceRole } from '../common/service-role.js';

export const ALLOWED_ROLES = 'nuvem:allowed-roles';

/** Name of the security scheme in the OpenAPI document. */
export const MAUTH_SCHEME = 'mauth';

/** Who may call: a signed request of a service with one of these roles. A method's list replaces its class's. */
export const Allow = (...roles: ServiceRole[]): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(ALLOWED_ROLES, roles), ApiSecurity(MAUTH_SCHEME));
