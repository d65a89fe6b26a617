import type { Socket } from 'socket.io';
import { isRecord } from '@nuvem/client';
import { lengthOf, MalformedMessage } from './messages.js';

/** What may wait for a client that acknowledges nothing, before it is given up. */
const MAX_PENDING_MESSAGES = 2000;
const MAX_PENDING_LENGTH = 4_000_000;
/** Answers kept for messages that come again because the answer was lost with the socket. */
const MAX_KEPT_ANSWERS = 64;

export type Answer = (...values: unknown[]) => void;

/** Takes one message; throws MalformedMessage when it makes no sense. */
export type MessageHandler = (event: string, msg: unknown, answer: Answer) => void;

interface Pending {
  id: number;
  event: string;
  msg: unknown;
  length: number;
}

/**
 * Licode's guaranteed delivery over Socket.IO: messages are numbered in each direction, kept until
 * they are acknowledged, and sent again on the next socket; what was already handled is dropped.
 */
export class ReliableChannel {
  private socket?: Socket;
  private heard = false;
  private nextId = 0;
  private lastHandled = -1;
  private pending: Pending[] = [];
  private pendingLength = 0;
  private readonly answers = new Map<number, unknown[]>();

  /**
   * @param onMessage called once for each message, in order
   * @param onFault the peer broke the protocol, or does not take what it is sent
   */
  constructor(
    private readonly onMessage: MessageHandler,
    private readonly onFault: (reason: string) => void,
  ) {}

  /** Whether the peer ever said anything, and so has heard its id. */
  get wasHeard(): boolean {
    return this.heard;
  }

  get currentSocket(): Socket | undefined {
    return this.socket;
  }

  /** Goes on over this socket, and sends again what the last one may have lost. */
  attach(socket: Socket): void {
    this.detach()?.disconnect(true);
    this.socket = socket;
    socket.onAny((event: string, ...args: unknown[]) => this.receive(socket, event, args));
    for (const message of this.pending) this.transmit(message);
  }

  /** Lets go of the socket; what is pending waits for the next. */
  detach(): Socket | undefined {
    const { socket } = this;
    this.socket = undefined;
    socket?.offAny();
    return socket;
  }

  isAttachedTo(socket: Socket): boolean {
    return this.socket === socket;
  }

  send(event: string, msg: unknown): void {
    const length = lengthOf(msg);
    const message = { id: this.nextId++, event, msg, length };
    this.pending.push(message);
    this.pendingLength += length;
    if (
      this.pending.length > MAX_PENDING_MESSAGES ||
      (this.pendingLength > MAX_PENDING_LENGTH && this.pending.length > 1)
    ) {
      this.onFault('does not acknowledge what it is sent');
      return;
    }
    this.transmit(message);
  }

  private transmit({ id, event, msg }: Pending): void {
    this.socket?.emit(event, { socketgd: id, msg });
  }

  private receive(socket: Socket, event: string, args: unknown[]): void {
    this.heard = true;
    try {
      const last = args.at(-1);
      const reply = typeof last === 'function' ? (last as Answer) : undefined;
      const [data] = args;
      if (event === 'socketgd_ack') this.acknowledged(data);
      else if (isRecord(data) && 'socketgd' in data) {
        this.receiveNumbered(socket, event, data.socketgd, data.msg, reply);
      } else {
        // Licode's channel also takes messages without an envelope, and delivers them as they come.
        this.onMessage(event, data === reply ? undefined : data, reply ?? ignore);
      }
    } catch (error) {
      // Anything thrown here is this client's doing: it ends the client, and nothing else.
      this.onFault(error instanceof MalformedMessage ? error.message : 'message not understood');
    }
  }

  private receiveNumbered(
    socket: Socket,
    event: string,
    id: unknown,
    msg: unknown,
    reply?: Answer,
  ): void {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) {
      throw new MalformedMessage('socketgd');
    }
    if (id <= this.lastHandled) {
      // Sent again, so our acknowledgement and perhaps our answer were lost: repeat both.
      const answer = this.answers.get(id);
      if (answer) reply?.(...answer);
    } else {
      this.lastHandled = id;
      this.onMessage(event, msg, (...values) => {
        this.keepAnswer(id, values);
        reply?.(...values);
      });
    }
    socket.emit('socketgd_ack', { id: this.lastHandled });
  }

  private keepAnswer(id: number, values: unknown[]): void {
    this.answers.set(id, values);
    if (this.answers.size <= MAX_KEPT_ANSWERS) return;
    const [oldest] = this.answers.keys();
    if (oldest !== undefined) this.answers.delete(oldest);
  }

  private acknowledged(data: unknown): void {
    const id = isRecord(data) ? data.id : undefined;
    if (typeof id !== 'number') throw new MalformedMessage('socketgd_ack');
    // One acknowledgement covers all messages up to it.
    let count = 0;
    for (const message of this.pending) {
      if (message.id > id) break;
      this.pendingLength -= message.length;
      count++;
    }
    this.pending.splice(0, count);
  }
}

function ignore(): void {}
