import { describe, expect, it, jest } from '@jest/globals';
import { SharedPages } from './shared-pages.js';
import type { StreamPage } from './stream-page.js';

const pageOf = (hasMore: boolean): StreamPage => ({ parts: [], next: 8, hasMore });

describe('pages that several streams read', () => {
  it('are read once where more follows, at the same time and soon after', async () => {
    const shared = new SharedPages();
    const read = jest.fn(() => Promise.resolve(pageOf(true)));
    await Promise.all([shared.read('a', read), shared.read('a', read)]);
    await shared.read('a', read);
    expect(read).toHaveBeenCalledTimes(1);
    await shared.read('b', read);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('are read by each where the log ends, since more may have come', async () => {
    const shared = new SharedPages();
    const read = jest.fn(() => Promise.resolve(pageOf(false)));
    await Promise.all([shared.read('a', read), shared.read('a', read)]);
    expect(read).toHaveBeenCalledTimes(2);
    read.mockResolvedValueOnce(pageOf(true));
    expect(await shared.read('a', read)).toEqual(pageOf(true));
  });

  it('that could not be read are read again by whoever asks', async () => {
    const shared = new SharedPages();
    const failing = jest.fn(() => Promise.reject(new Error('No database')));
    const read = jest.fn(() => Promise.resolve(pageOf(true)));
    const first = shared.read('a', failing);
    const second = shared.read('a', read);
    await expect(first).rejects.toThrow('No database');
    expect(await second).toEqual(pageOf(true));
  });
});
