import type { Service } from './schemas/service.schema.js';

/** A service without its key. */
export type ServiceSummary = Pick<Service, '_id' | 'name' | 'role'>;
