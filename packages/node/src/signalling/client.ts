import { randomUUID } from 'node:crypto';
import type { Socket } from 'socket.io';
import type { TokenDocument } from '../admission/token-document.js';
import type { EndReason, Member } from './member.js';
import { isAllowed, type Permissions } from './permissions.js';
import { ReliableChannel, type Answer } from './reliable-channel.js';
import type { Room } from './room.js';

/** What a client tells of itself. */
export interface ClientEvents {
  onMessage(client: Client, event: string, msg: unknown, answer: Answer): void;
  /** @param fault what the client did wrong, if that is why */
  onEnd(client: Client, reason: EndReason, fault?: string): void;
}

/** One participant, from the token that let it in until it leaves or stays away too long. */
export class Client implements Member {
  /** Told to this client alone: who shows it gets the place back. */
  readonly id = randomUUID();
  /**
   * What the others in the room call it, `peerSocket` on the wire. Licode tells them the id itself,
   * with which each could take the place of another; its clients only ever send the name back.
   */
  readonly peerId = randomUUID();
  readonly channel: ReliableChannel;
  readonly permissions: Permissions;
  private ended = false;
  private reconnectionTimer?: NodeJS.Timeout;

  constructor(
    readonly tokenId: string,
    readonly token: TokenDocument,
    readonly room: Room<Client>,
    private readonly events: ClientEvents,
  ) {
    this.permissions = token.permissions;
    this.channel = new ReliableChannel(
      (event, msg, answer) => events.onMessage(this, event, msg, answer),
      (fault) => this.end('protocol-error', fault),
    );
  }

  get name(): string {
    return this.token.userName;
  }

  get role(): string {
    return this.token.role;
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  may(action: string, asked?: Record<string, unknown>): boolean {
    return isAllowed(this.permissions, action, asked);
  }

  send(event: string, msg: unknown): void {
    if (!this.ended) this.channel.send(event, msg);
  }

  attach(socket: Socket): void {
    clearTimeout(this.reconnectionTimer);
    this.channel.attach(socket);
  }

  /** The socket is gone without a word: keep the place for a while. */
  waitForReconnection(windowMs: number): void {
    this.channel.detach();
    clearTimeout(this.reconnectionTimer);
    this.reconnectionTimer = setTimeout(() => this.end('left'), windowMs);
    // A place that is kept must not keep the process from stopping.
    this.reconnectionTimer.unref();
  }

  /** Ends the call of this client for good. */
  end(reason: EndReason, fault?: string): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.reconnectionTimer);
    const socket = this.channel.detach();
    // Licode's client does not know this event; ours shows why the call ended.
    socket?.emit('callEnded', { reason });
    socket?.disconnect(true);
    this.room.remove(this);
    this.events.onEnd(this, reason, fault);
  }
}
