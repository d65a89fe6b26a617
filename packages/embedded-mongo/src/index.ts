export { startEmbeddedMongo } from './embedded-mongo.js';
export type { EmbeddedMongo, EmbeddedMongoOptions } from './embedded-mongo.js';
export { DataFileMissingError } from './storage/file/data-file.js';
