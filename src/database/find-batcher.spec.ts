import { beforeEach, describe, expect, it } from '@jest/globals';
import { Types, type mongo } from 'mongoose';
import { FindBatcher } from './find-batcher.js';

interface Document {
  _id: Types.ObjectId;
  owner: Types.ObjectId;
}

interface Query {
  _id: Types.ObjectId | { $in: Types.ObjectId[] };
  owner: Types.ObjectId;
}

/** Answers queries from its documents, or fails them. */
class FakeCollection {
  readonly queries: Query[] = [];
  documents: Document[] = [];
  failure?: Error;

  find(query: Query): { limit(count: number): { toArray(): Promise<Document[]> } } {
    this.queries.push(query);
    const ids = query._id instanceof Types.ObjectId ? [query._id] : query._id.$in;
    const found = this.documents.filter(
      ({ _id, owner }) => owner.equals(query.owner) && ids.some((id) => id.equals(_id)),
    );
    const toArray = (): Promise<Document[]> =>
      this.failure ? Promise.reject(this.failure) : Promise.resolve(found);
    return { limit: () => ({ toArray }) };
  }
}

const ann = new Types.ObjectId();
const bob = new Types.ObjectId();

let collection: FakeCollection;
let batcher: FindBatcher<Document>;

function documentOf(owner: Types.ObjectId): Document {
  const document = { _id: new Types.ObjectId(), owner };
  collection.documents.push(document);
  return document;
}

beforeEach(() => {
  collection = new FakeCollection();
  batcher = new FindBatcher(collection as unknown as mongo.Collection, 'owner', { owner: 1 });
});

describe('FindBatcher', () => {
  it('reads a lone document by its id', async () => {
    const document = documentOf(ann);
    await expect(batcher.find(ann, document._id)).resolves.toBe(document);
    expect(collection.queries).toEqual([{ _id: document._id, owner: ann }]);
  });

  it('reads what is wanted in one turn with one query, each document once', async () => {
    const [one, two] = [documentOf(ann), documentOf(ann)];
    // Equal, but not the same: each request parses its own.
    const again = new Types.ObjectId(one._id.toHexString());
    const wanted = [one._id, two._id, again].map((id) => batcher.find(ann, id));
    await expect(Promise.all(wanted)).resolves.toEqual([one, two, one]);
    expect(collection.queries).toEqual([{ _id: { $in: [one._id, two._id] }, owner: ann }]);
  });

  it('asks with each owner alone, and finds nothing that is not its own', async () => {
    const [anns, bobs] = [documentOf(ann), documentOf(bob)];
    const wanted = [
      batcher.find(ann, anns._id),
      batcher.find(ann, bobs._id),
      batcher.find(bob, bobs._id),
      batcher.find(bob, new Types.ObjectId()),
    ];
    await expect(Promise.all(wanted)).resolves.toEqual([anns, null, bobs, null]);
    expect(collection.queries.map(({ owner }) => owner)).toEqual([ann, bob]);
  });

  it('asks a hundred at a time', async () => {
    const documents = Array.from({ length: 250 }, () => documentOf(ann));
    const found = await Promise.all(documents.map(({ _id }) => batcher.find(ann, _id)));
    expect(found).toEqual(documents);
    expect(collection.queries).toHaveLength(3);
  });

  it('fails for all of a batch, and goes on', async () => {
    const document = documentOf(ann);
    collection.failure = new Error('away');
    const lost = [batcher.find(ann, document._id), batcher.find(ann, new Types.ObjectId())];
    await expect(Promise.allSettled(lost)).resolves.toEqual([
      { status: 'rejected', reason: collection.failure },
      { status: 'rejected', reason: collection.failure },
    ]);
    collection.failure = undefined;
    await expect(batcher.find(ann, document._id)).resolves.toBe(document);
  });
});
