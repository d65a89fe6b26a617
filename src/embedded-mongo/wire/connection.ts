import type { Socket } from 'node:net';
import { encode, type Doc } from '../bson/values.js';
import { CommandError, toCommandError } from '../errors.js';
import { FrameReader } from './frame-reader.js';
import { type Request, isLegacy, isSilent, parseMessage, replyHeader } from './message.js';

/** A command's answer: a document, or one that is already bytes. */
export type Reply = Doc | Buffer;
export type Handler = (request: Request, connectionId: number) => Reply | Promise<Reply>;

/** Up to this size one write of a copy is cheaper than a gathering write. */
const JOINED_BYTES = 16 * 1024;

/**
 * One client. Its requests are answered one after the other in the order they came; a client that
 * does not read its answers is not read from either.
 */
export class Connection {
  private readonly frames = new FrameReader();
  private busy = false;

  constructor(
    private readonly socket: Socket,
    private readonly id: number,
    private readonly handle: Handler,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.frames.push(chunk);
      this.work();
    });
    socket.on('drain', () => {
      socket.resume();
      this.work();
    });
    // Whatever broke the connection, it concerns this client only.
    socket.on('error', () => socket.destroy());
  }

  private work(): void {
    try {
      while (!this.busy && !this.socket.destroyed && !this.socket.writableNeedDrain) {
        const message = this.frames.next();
        if (message === undefined) return;
        this.answer(message);
      }
      if (this.socket.writableNeedDrain || this.busy) this.socket.pause();
    } catch {
      this.socket.destroy();
    }
  }

  private answer(message: Buffer): void {
    let request: Request;
    try {
      request = parseMessage(message);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (!isSilent(message)) {
        this.send(message.readInt32LE(4), error.toReply(), isLegacy(message));
      }
      return;
    }
    let reply: Reply | Promise<Reply>;
    try {
      reply = this.handle(request, this.id);
    } catch (error) {
      reply = toCommandError(error).toReply();
    }
    if (reply instanceof Promise) void this.answerLater(request, reply);
    else this.reply(request, reply);
  }

  private async answerLater(request: Request, reply: Promise<Reply>): Promise<void> {
    this.busy = true;
    let document: Reply;
    try {
      document = await reply;
    } catch (error) {
      document = toCommandError(error).toReply();
    }
    this.busy = false;
    this.reply(request, document);
    if (this.socket.isPaused()) this.socket.resume();
    this.work();
  }

  private reply(request: Request, document: Reply): void {
    if (!request.silent) this.send(request.requestId, document, request.legacy);
  }

  private send(responseTo: number, document: Reply, legacy: boolean): void {
    if (this.socket.destroyed) return;
    let bytes: Buffer;
    try {
      bytes = Buffer.isBuffer(document) ? document : encode(document);
    } catch (error) {
      bytes = encode(toCommandError(error).toReply());
    }
    const header = replyHeader(responseTo, bytes.length, legacy);
    if (bytes.length <= JOINED_BYTES) {
      this.socket.write(Buffer.concat([header, bytes]));
      return;
    }
    this.socket.cork();
    this.socket.write(header);
    this.socket.write(bytes);
    this.socket.uncork();
  }
}
