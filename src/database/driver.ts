import type { Model, mongo } from 'mongoose';

/**
 * The driver's own collection of a model, for queries that come so often that Mongoose's casting would cost more than the
 * query (bench/notebook.md). What goes in must have been validated before. Mongoose has types of its own for what is the
 * driver's: the casts are here and nowhere else.
 */
export function collectionOf<T extends mongo.Document>(model: Model<T>): mongo.Collection<T> {
  return model.collection as unknown as mongo.Collection<T>;
}

/** The driver's own database of a model. */
export function databaseOf<T>(model: Model<T>): mongo.Db {
  return model.db.db as unknown as mongo.Db;
}
