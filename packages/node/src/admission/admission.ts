import type { Socket } from 'socket.io';
import type { P2pNodeOptions } from '../options.js';
import { Client } from '../signalling/client.js';
import type { EndReason } from '../signalling/member.js';
import type { Rooms } from '../signalling/rooms.js';
import type { Signalling } from '../signalling/signalling.js';
import { AdmittedTokens } from './admitted-tokens.js';
import type { Farewells } from './farewells.js';
import { readTokenQuery } from './handshake-query.js';
import { isAlive } from './is-alive.js';
import { Refusal } from './refusal.js';
import type { TokenRedeemer } from './token-redeemer.js';

/** Decides who gets in: with a token, or back in after a lost connection. */
export class Admission {
  private readonly admitted = new AdmittedTokens();

  constructor(
    private readonly rooms: Rooms,
    private readonly signalling: Signalling,
    private readonly redeemer: TokenRedeemer,
    private readonly farewells: Farewells,
    private readonly options: P2pNodeOptions,
  ) {}

  /** @throws Refusal */
  async admit(socket: Socket): Promise<{ client: Client; isNew: boolean }> {
    const { clientId } = socket.handshake.query;
    if (clientId !== undefined) {
      return { client: await this.takeBack(socket, clientId), isNew: false };
    }
    const query = readTokenQuery(socket.handshake.query);
    if (!query) throw new Refusal('authentication');
    const token = await this.redeemer.redeem(query, () => socket.conn.readyState === 'open');
    const present = this.rooms.get(token.roomId)?.clients.length ?? 0;
    // The API counts too, but it may hear of those who are just joining too late.
    if (present >= (token.maxParticipants ?? Infinity)) throw new Refusal('roomFull');
    if (!token.isForTests && !this.admitted.use(query.tokenId)) throw new Refusal('notFound');
    const room = this.rooms.getOrCreate(token.roomId);
    const client = new Client(query.tokenId, token, room, {
      onMessage: (from, event, msg, answer) => this.signalling.handle(from, event, msg, answer),
      onEnd: (from, reason, fault) => this.onEnd(from, reason, fault),
    });
    room.add(client);
    return { client, isNew: true };
  }

  /** Who shows a client's id is that client; while its socket still answers, it has no need to. */
  private async takeBack(socket: Socket, clientId: unknown): Promise<Client> {
    const client = typeof clientId === 'string' ? this.rooms.findClient(clientId) : undefined;
    if (!client) throw new Refusal('authentication', this.farewells.reasonOf(String(clientId)));
    const { tokenId } = socket.handshake.query;
    if (tokenId !== undefined && tokenId !== client.tokenId) throw new Refusal('authentication');
    const current = client.channel.currentSocket;
    if (current && (await isAlive(current))) throw new Refusal('authentication');
    if (client.hasEnded) throw new Refusal('authentication', this.farewells.reasonOf(client.id));
    return client;
  }

  private onEnd(client: Client, reason: EndReason, fault?: string): void {
    this.farewells.remember(client, reason);
    if (fault === undefined) return;
    const { peerId, room } = client;
    this.options.logger.warn(`Client ${peerId} of room ${room.id} ended: ${fault}`);
  }
}
