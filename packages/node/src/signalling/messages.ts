import { isRecord } from '@nuvem/client';

/** A stream's options and attributes are kept and sent to everyone, so they stay small. */
const MAX_OPTIONS_LENGTH = 16_384;
const MAX_DEPTH = 64;

export interface PublishOptions extends Record<string, unknown> {
  state: string;
  audio?: unknown;
  video?: unknown;
  screen?: unknown;
  data?: unknown;
  label?: unknown;
  attributes?: unknown;
}

export interface SubscribeOptions extends Record<string, unknown> {
  streamId: number;
}

export interface PeerMessage {
  streamId: number;
  peerSocket: string;
  msg: unknown;
}

export interface StreamData {
  id: number;
  msg: unknown;
}

export interface StreamAttributes {
  id: number;
  attrs: unknown;
}

/** Thrown for a message that is not what section 5 of the protocol describes. */
export class MalformedMessage extends Error {}

export function readPublish(msg: unknown): PublishOptions {
  const options = isRecord(msg) ? msg.options : undefined;
  if (!isRecord(options)) throw new MalformedMessage('publish: options');
  if (lengthOf(options) > MAX_OPTIONS_LENGTH) throw new MalformedMessage('publish: too large');
  const { state = 'p2p' } = options;
  if (typeof state !== 'string') throw new MalformedMessage('publish: state');
  return { ...options, state };
}

export function readSubscribe(msg: unknown): SubscribeOptions {
  const options = isRecord(msg) ? msg.options : undefined;
  if (!isRecord(options)) throw new MalformedMessage('subscribe: options');
  return { ...options, streamId: readStreamId(options.streamId) };
}

export function readPeerMessage(msg: unknown): PeerMessage {
  const options = isRecord(msg) ? msg.options : undefined;
  if (!isRecord(options) || typeof options.peerSocket !== 'string') {
    throw new MalformedMessage('streamMessageP2P: options');
  }
  const { peerSocket, msg: signal } = options;
  return { streamId: readStreamId(options.streamId), peerSocket, msg: signal };
}

export function readStreamData(msg: unknown): StreamData {
  if (!isRecord(msg)) throw new MalformedMessage('sendDataStream');
  return { id: readStreamId(msg.id), msg: msg.msg };
}

export function readStreamAttributes(msg: unknown): StreamAttributes {
  if (!isRecord(msg)) throw new MalformedMessage('updateStreamAttributes');
  if (lengthOf(msg.attrs) > MAX_OPTIONS_LENGTH) throw new MalformedMessage('attrs: too large');
  return { id: readStreamId(msg.id), attrs: msg.attrs };
}

export function readStreamId(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new MalformedMessage('stream id');
}

/**
 * Length as JSON.
 *
 * @throws MalformedMessage for a value nested so deep that sending it on could exhaust the stack.
 */
export function lengthOf(value: unknown): number {
  if (!isShallow(value, MAX_DEPTH)) throw new MalformedMessage('nested too deep');
  return JSON.stringify(value)?.length ?? 0;
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}
