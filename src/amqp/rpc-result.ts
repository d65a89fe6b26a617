/** What a handler tells the caller: `data` goes on the wire as it is, an object without `data` is a response without data. */
export interface RpcResult {
  data?: unknown;
}

/** The response `error`: the call was understood, and what it names does not exist or makes no sense. */
export const RPC_ERROR: RpcResult = Object.freeze({ data: 'error' });

/** A response that carries no data. */
export const RPC_NO_DATA: RpcResult = Object.freeze({});

/** Who sent a call. */
export interface RpcCaller {
  /** The routing key of its own queue, by which it is known for as long as it is connected. Absent where it wants no response. */
  replyTo?: string;
}

/** Responds to one method. Throwing means no response at all, so that the caller tries again. */
export type RpcHandler = (args: unknown, caller: RpcCaller) => Promise<RpcResult>;
