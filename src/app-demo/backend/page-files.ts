import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PageFile {
  body: Buffer;
  type: string;
  etag: string;
}

/** The pages as `npm run build` makes them; from the sources (tests) they are a few folders off. */
const BUILT = fileURLToPath(new URL('../public/', import.meta.url));
const FROM_SOURCES = fileURLToPath(new URL('../../../dist/app-demo/public/', import.meta.url));

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The built pages, all in memory: a handful of files, and no path of a request reaches the disk. */
@Injectable()
export class PageFiles {
  private readonly files = new Map<string, PageFile>();

  async load(): Promise<void> {
    const folder = existsSync(BUILT) ? BUILT : FROM_SOURCES;
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      const body = await readFile(join(folder, name));
      const hash = createHash('sha256').update(body).digest('base64url');
      this.files.set(name, { body, type, etag: `"${hash.slice(0, 16)}"` });
    }
  }

  get(name: string): PageFile | undefined {
    return this.files.get(name);
  }
}
