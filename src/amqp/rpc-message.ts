/** Names that every Licode installation shares. */
export const RPC_EXCHANGE = 'rpcExchange';
export const NUVE_QUEUE = 'nuveQueue';
export const NUVE_ROUTING_KEY = 'nuve';

/** Licode's own client hands its application a raw buffer for anything else. */
export const CONTENT_TYPE = 'application/json';

/** A routing key is at most this many bytes long on the wire. */
const MAX_ROUTING_KEY_BYTES = 255;

/** Calls are a few hundred bytes; what is larger is not even parsed. */
const MAX_MESSAGE_BYTES = 1_048_576;

type CorrelationId = number | string;

/** Where a response goes, and which call it belongs to. */
interface ReplyAddress {
  replyTo: string;
  corrID: CorrelationId;
}

export interface RpcCall {
  method: string;
  args: unknown;
}

interface RpcResponse {
  corrID: unknown;
  data: unknown;
}

/** What came in: `call` and `reply` are absent where the message has none that makes sense. */
interface IncomingCall {
  call?: RpcCall;
  reply?: ReplyAddress;
}

/** Reads a call. Never throws: anyone on the broker can send anything. */
export function parseCall(content: Buffer): IncomingCall {
  const message = parseObject(content);
  if (!message) return {};
  const { method, args, corrID, replyTo } = message;
  const canRespond =
    typeof replyTo === 'string' &&
    replyTo !== '' &&
    Buffer.byteLength(replyTo) <= MAX_ROUTING_KEY_BYTES &&
    (typeof corrID === 'number' || typeof corrID === 'string');
  return {
    ...(typeof method === 'string' && { call: { method, args } }),
    ...(canRespond && { reply: { replyTo, corrID } }),
  };
}

/** Reads a response, or a call of ours that the broker returned; null for anything else. */
export function parseResponse(content: Buffer): RpcResponse | null {
  const message = parseObject(content);
  return message && 'corrID' in message
    ? { corrID: message['corrID'], data: message['data'] }
    : null;
}

function parseObject(content: Buffer): Record<string, unknown> | null {
  if (content.length > MAX_MESSAGE_BYTES) return null;
  try {
    const value: unknown = JSON.parse(content.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
