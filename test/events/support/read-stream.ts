import type { ApiClient } from '../../support/api-client.js';
import type { TestApp } from '../../support/test-app.js';

interface StreamedEvent {
  id: string;
  event: string;
  data: string;
}

export interface OpenStream {
  /** The next event; comments are passed over. */
  next(): Promise<StreamedEvent>;
  /** Reads what comes yet. @returns true once the server has ended the stream */
  rest(): Promise<boolean>;
  close(): Promise<void>;
}

/** Follows the log as server-sent events. */
export async function readStream(
  { url }: TestApp,
  client: ApiClient,
  query: string,
  headers: Record<string, string> = {},
): Promise<OpenStream> {
  const response = await fetch(`${url}/v1/events?${query}`, {
    headers: { authorization: client.sign() ?? '', accept: 'text/event-stream', ...headers },
  });
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || !response.body || !type.startsWith('text/event-stream')) {
    throw new Error(`No stream: ${response.status} ${await response.text()}`);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const block = async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end !== -1) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  return {
    async next() {
      for (;;) {
        const found = await block();
        if (found === undefined) throw new Error('The stream has ended');
        const lines = found.split('\n').map((line) => /^(\w+): (.*)$/.exec(line) ?? []);
        const fields = Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
        const { id = '', event, data = '' } = fields as Partial<StreamedEvent>;
        if (event !== undefined) return { id, event, data };
      }
    },
    async rest() {
      while ((await block()) !== undefined);
      return true;
    },
    close: () => reader.cancel(),
  };
}
