/** What a handler tells the caller: `data` goes on the wire as it is, an object without `data` is a response without data. */
export interface RpcResult {
  data?: unknown;
}

/** The response `error`: the call was understood, and what it names does not exist or makes no sense. */
export const RPC_ERROR: RpcResult = Object.freeze({ data: 'error' });

/** A response that carries no data. */
export const RPC_NO_DATA: RpcResult = Object.freeze({});

/** Responds to one method. Throwing means no response at all, so that the caller tries again. */
export type RpcHandler = (args: unknown) => Promise<RpcResult>;
