export { startEmbeddedMongo } from './embedded-mongo.js';
export type { EmbeddedMongo, EmbeddedMongoOptions } from './embedded-mongo.js';
export { DataFileMissingError } from './storage/data-file.js';
