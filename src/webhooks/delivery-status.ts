export const DELIVERY_STATUSES = ['delivered', 'pending', 'failed'] as const;

/** `pending` is tried again; `failed` is not. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];
