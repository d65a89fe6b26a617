import { isRecord } from '@nuvem/client';
import type { Client } from './client.js';
import {
  MalformedMessage,
  readPeerMessage,
  readPublish,
  readStreamAttributes,
  readStreamData,
  readStreamId,
  readSubscribe,
} from './messages.js';
import type { Answer } from './reliable-channel.js';
import type { Stream } from './stream.js';

const MAX_STREAMS_PER_CLIENT = 16;
const UNAUTHORIZED = 'Unauthorized';
const NO_SUCH_STREAM = 'Stream does not exist';
const NEEDS_MEDIA_NODE = 'This node serves p2p rooms only: the stream needs a media node of Licode';

type Handler = (client: Client, msg: unknown, answer: Answer) => void;

/** What each message of a p2p room does. */
export class Signalling {
  private readonly handlers = new Map<string, Handler>([
    ['publish', publish],
    ['subscribe', subscribe],
    ['streamMessageP2P', relayToPeer],
    ['unsubscribe', unsubscribe],
    ['unpublish', unpublish],
    ['sendDataStream', sendData],
    ['updateStreamAttributes', updateAttributes],
    ['clientDisconnection', leave],
    ['startRecorder', refuseRecording],
    ['stopRecorder', refuseRecording],
    ['getStreamStats', (_client, _msg, answer) => answer(null, NEEDS_MEDIA_NODE)],
  ]);

  /** Messages of other kinds of rooms are taken and have no effect, as at Licode's nodes. */
  handle(client: Client, event: string, msg: unknown, answer: Answer): void {
    this.handlers.get(event)?.(client, msg, answer);
  }
}

function publish(client: Client, msg: unknown, answer: Answer): void {
  const options = readPublish(msg);
  if (!client.may('publish', options)) return answer(null, UNAUTHORIZED);
  if (['erizo', 'url', 'recording'].includes(options.state)) {
    return answer(null, NEEDS_MEDIA_NODE);
  }
  if (client.room.streamsOf(client).length >= MAX_STREAMS_PER_CLIENT) {
    return answer(null, 'Too many streams');
  }
  const stream = client.room.publish(client, options);
  // The publisher must know its stream's id before the first `publish_me` for it arrives.
  answer(stream.id);
  client.room.broadcast('onAddStream', stream.toPublic());
}

function subscribe(client: Client, msg: unknown, answer: Answer): void {
  const options = readSubscribe(msg);
  if (!client.may('subscribe', options)) return answer(null, UNAUTHORIZED);
  const stream = client.room.streams.get(options.streamId);
  if (!stream) return answer(null, NO_SUCH_STREAM);
  if (stream.hasData && options.data !== false) stream.dataSubscribers.add(client);
  answer(true);
  if (!stream.hasMedia) return;
  stream.mediaSubscribers.add(client);
  stream.publisher.send('publish_me', { streamId: stream.id, peerSocket: client.peerId });
}

/** Only a stream's publisher and its subscribers have anything to tell each other about it. */
function relayToPeer(client: Client, msg: unknown): void {
  const { streamId, peerSocket, msg: signal } = readPeerMessage(msg);
  const stream = client.room.streams.get(streamId);
  const peer = client.room.findPeer(peerSocket);
  if (!stream || !peer || !arePeers(stream, client, peer)) return;
  peer.send('stream_message_p2p', { streamId, peerSocket: client.peerId, msg: signal });
}

function arePeers(
  { publisher, mediaSubscribers }: Stream<Client>,
  one: Client,
  other: Client,
): boolean {
  return (
    (publisher === one && mediaSubscribers.has(other)) ||
    (publisher === other && mediaSubscribers.has(one))
  );
}

function unsubscribe(client: Client, msg: unknown, answer: Answer): void {
  if (!client.may('subscribe')) return answer(null, UNAUTHORIZED);
  const stream = client.room.streams.get(readStreamId(msg));
  if (!stream) return answer(null, NO_SUCH_STREAM);
  client.room.unsubscribe(client, stream);
  answer(true);
}

function unpublish(client: Client, msg: unknown, answer: Answer): void {
  if (!client.may('publish')) return answer(null, UNAUTHORIZED);
  const stream = client.room.streams.get(readStreamId(msg));
  if (!stream) return answer(null, NO_SUCH_STREAM);
  if (stream.publisher !== client) return answer(null, UNAUTHORIZED);
  client.room.unpublish(stream);
  answer(true);
}

function sendData(client: Client, msg: unknown): void {
  const data = readStreamData(msg);
  const stream = client.room.streams.get(data.id);
  // Forged for somebody else's stream, or late for one that is gone.
  if (stream?.publisher !== client) return;
  for (const subscriber of stream.dataSubscribers) subscriber.send('onDataStream', data);
}

function updateAttributes(client: Client, msg: unknown): void {
  const { id, attrs } = readStreamAttributes(msg);
  const stream = client.room.streams.get(id);
  if (stream?.publisher !== client) return;
  stream.attributes = attrs;
  for (const subscriber of stream.dataSubscribers) {
    subscriber.send('onUpdateAttributeStream', { id, attrs });
  }
}

function leave(client: Client, _msg: unknown, answer: Answer): void {
  answer(true);
  client.end('left');
}

function refuseRecording(client: Client, msg: unknown, answer: Answer): void {
  if (!isRecord(msg)) throw new MalformedMessage('recorder');
  answer(null, client.may('record') ? 'Stream can not be recorded' : UNAUTHORIZED);
}
