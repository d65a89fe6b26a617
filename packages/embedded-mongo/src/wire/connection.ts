import type { Socket } from 'node:net';
import { encode, type Doc } from '../bson/values.js';
import { CommandError, toCommandError } from '../errors.js';
import { FrameReader } from './frame-reader.js';
import type { Sender, UnfinishedMessages } from './unfinished-messages.js';
import { type Request, isLegacy, isSilent, parseMessage, replyHeader } from './message.js';

/** A command's answer: a document, or one that is already bytes. */
export type Reply = Doc | Buffer;
export type Handler = (request: Request, connectionId: number) => Reply | Promise<Reply>;

/** A connection, as others may see it. */
export interface Client {
  readonly id: number;
  /** The command that has been begun and not yet answered. */
  readonly underWay: CommandUnderWay | undefined;
}

export interface CommandUnderWay {
  name: string;
  /** The collection, where it names one. */
  target: string | undefined;
  database: string;
  requestId: number;
  /** By the process's own clock, in ms. */
  since: number;
}

/** Up to this size one write of a copy is cheaper than a gathering write. */
const JOINED_BYTES = 16 * 1024;

/**
 * One client. Its requests are answered one after the other in the order they came; a client that
 * does not read its answers is not read from either.
 */
export class Connection implements Client, Sender {
  private readonly frames = new FrameReader();
  private request: Request | undefined;
  private since = 0;

  constructor(
    private readonly socket: Socket,
    readonly id: number,
    private readonly handle: Handler,
    private readonly unfinished: UnfinishedMessages,
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
    socket.on('close', () => unfinished.forget(this));
    // Whatever broke the connection, it concerns this client only.
    socket.on('error', () => socket.destroy());
  }

  get underWay(): CommandUnderWay | undefined {
    if (this.request === undefined) return undefined;
    const { body, database, requestId } = this.request;
    const name = Object.keys(body)[0] ?? '';
    const value = name === 'getMore' ? body['collection'] : body[name];
    const target = typeof value === 'string' ? value : undefined;
    return { name, target, database, requestId, since: this.since };
  }

  drop(): void {
    this.socket.destroy();
  }

  private work(): void {
    try {
      while (
        this.request === undefined &&
        !this.socket.destroyed &&
        !this.socket.writableNeedDrain
      ) {
        const message = this.frames.next();
        if (message === undefined) {
          this.unfinished.note(this, this.frames.waiting);
          return;
        }
        this.unfinished.forget(this);
        this.answer(message);
      }
      if (this.socket.writableNeedDrain || this.request !== undefined) this.socket.pause();
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
    this.request = request;
    this.since = performance.now();
    let reply: Reply | Promise<Reply>;
    try {
      reply = this.handle(request, this.id);
    } catch (error) {
      reply = toCommandError(error).toReply();
    }
    if (reply instanceof Promise) void this.answerLater(request, reply);
    else this.finish(request, reply);
  }

  private async answerLater(request: Request, reply: Promise<Reply>): Promise<void> {
    let document: Reply;
    try {
      document = await reply;
    } catch (error) {
      document = toCommandError(error).toReply();
    }
    this.finish(request, document);
    if (this.socket.isPaused()) this.socket.resume();
    this.work();
  }

  private finish(request: Request, document: Reply): void {
    this.request = undefined;
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
