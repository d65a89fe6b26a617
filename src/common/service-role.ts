/** What a service may do: all, use rooms and tokens of its own, or be a signalling node. */
export const SERVICE_ROLES = ['superservice', 'tenant', 'node'] as const;

export type ServiceRole = (typeof SERVICE_ROLES)[number];
