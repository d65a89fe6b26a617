import { createConnection } from 'node:net';

/** An answer without a body, and without its length. */
const NO_CONTENT = 204;
const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One keep-alive connection with one request at a time on it. It knows just enough of HTTP for answers that have
 * a length: on two cores a client that does more would take from the server what is to be measured.
 */
export class Connection {
  constructor({ hostname, port }) {
    this.socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
    this.pending = undefined;
    this.received = undefined;
    this.socket.on('data', (chunk) => this.take(chunk));
    this.socket.on('error', (error) => this.pending?.(error));
    this.socket.on('close', () => this.pending?.(new Error('The server closed the connection')));
  }

  /** @param onAnswer called with an error, or with undefined, the status and the body */
  send(request, onAnswer) {
    this.pending = onAnswer;
    this.socket.write(request);
  }

  close() {
    this.pending = undefined;
    this.socket.destroy();
  }

  take(chunk) {
    const bytes = this.received ? Buffer.concat([this.received, chunk]) : chunk;
    const headEnd = bytes.indexOf(HEAD_END);
    if (headEnd >= 0) {
      const head = bytes.latin1Slice(0, headEnd);
      const status = Number(head.slice(9, 12));
      const length = status === NO_CONTENT ? [0, 0] : /\r\ncontent-length: (\d+)/i.exec(head);
      if (!length) return this.pending?.(new Error(`An answer without a length: ${head}`));
      const bodyStart = headEnd + HEAD_END.length;
      const end = bodyStart + Number(length[1]);
      if (bytes.length >= end) {
        this.received = undefined;
        const answered = this.pending;
        this.pending = undefined;
        return answered?.(undefined, status, bytes, bodyStart, end);
      }
    }
    this.received = bytes;
  }
}
