import type { Service } from './schemas/service.schema.js';

/** A service without its key. */
export type ServiceSummary = Omit<Service, 'sealedKey'>;
