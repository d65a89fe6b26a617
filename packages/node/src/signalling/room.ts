import type { Member } from './member.js';
import type { PublishOptions } from './messages.js';
import { randomStreamId, Stream } from './stream.js';

/** The participants of one room on this node, and what they show. */
export class Room<M extends Member = Member> {
  /** By the name that the others know, not by the id. */
  private readonly peers = new Map<string, M>();
  readonly streams = new Map<number, Stream<M>>();

  constructor(
    readonly id: string,
    private readonly onEmpty: (room: Room<M>) => void,
  ) {}

  get clients(): M[] {
    return [...this.peers.values()];
  }

  add(client: M): void {
    this.peers.set(client.peerId, client);
  }

  findPeer(peerId: string): M | undefined {
    return this.peers.get(peerId);
  }

  publish(publisher: M, options: PublishOptions): Stream<M> {
    let id = randomStreamId();
    while (this.streams.has(id)) id = randomStreamId();
    const stream = new Stream<M>(id, publisher, options);
    this.streams.set(id, stream);
    return stream;
  }

  unpublish(stream: Stream<M>): void {
    if (this.streams.delete(stream.id)) this.broadcast('onRemoveStream', { id: stream.id });
  }

  unsubscribe(subscriber: M, stream: Stream<M>): void {
    stream.dataSubscribers.delete(subscriber);
    if (!stream.mediaSubscribers.delete(subscriber)) return;
    stream.publisher.send('unpublish_me', { streamId: stream.id, peerSocket: subscriber.peerId });
  }

  streamsOf(publisher: M): Stream<M>[] {
    return [...this.streams.values()].filter((stream) => stream.publisher === publisher);
  }

  broadcast(event: string, msg: unknown): void {
    for (const client of this.peers.values()) client.send(event, msg);
  }

  remove(client: M): void {
    if (!this.peers.delete(client.peerId)) return;
    for (const stream of this.streamsOf(client)) this.unpublish(stream);
    for (const stream of this.streams.values()) this.unsubscribe(client, stream);
    if (this.peers.size === 0) this.onEmpty(this);
  }
}
