import { describe, expect, it } from '@jest/globals';
import { mongo, Types } from 'mongoose';
import { DocumentMemo } from './document-memo.js';

const bytesOf = (document: mongo.Document): Buffer => Buffer.from(mongo.BSON.serialize(document));

describe('DocumentMemo', () => {
  const [a, b] = [new Types.ObjectId(), new Types.ObjectId()];
  let views = 0;
  const memo = new DocumentMemo((document) => {
    views++;
    return { ...document };
  });

  it('decodes a document again only when it has changed', () => {
    const first = memo.decode([bytesOf({ _id: a, load: 1 }), bytesOf({ _id: b, load: 1 })]);
    expect(first).toEqual([
      { _id: a, load: 1 },
      { _id: b, load: 1 },
    ]);
    const second = memo.decode([bytesOf({ _id: a, load: 1 }), bytesOf({ _id: b, load: 2 })]);
    expect(second).toEqual([
      { _id: a, load: 1 },
      { _id: b, load: 2 },
    ]);
    expect(second[0]).toBe(first[0]);
    expect(views).toBe(3);
  });

  it('forgets what is no longer there', () => {
    const [before] = memo.decode([bytesOf({ _id: a, load: 1 })]);
    expect(memo.decode([])).toEqual([]);
    const [after] = memo.decode([bytesOf({ _id: a, load: 1 })]);
    expect(after).toEqual(before);
    expect(after).not.toBe(before);
  });

  it('tells texts apart that differ beyond ASCII', () => {
    const names = ['é', 'è', '\u{1f600}', '\u{1f601}'];
    const read = memo.decode(names.map((name) => bytesOf({ name })));
    expect(read).toEqual(names.map((name) => ({ name })));
  });
});
