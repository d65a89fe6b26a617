/**
 * The mongod whose behaviour is followed. Drivers decide by the wire version what they may ask: one of 8.0 would be sent
 * `bulkWrite`, which is not answered here.
 */
export const VERSION = '7.0.0';
export const FEATURE_COMPATIBILITY_VERSION = '7.0';
export const MAX_WIRE_VERSION = 21;
