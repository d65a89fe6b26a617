/**
 * What a handler tells the ErizoController that called: `data` goes on the wire as it is, an object
 * without `data` is an answer without data.
 */
export interface RpcResult {
  data?: unknown;
}

/** The answer `error`: the call was understood, and what it names does not exist or makes no sense. */
export const RPC_ERROR: RpcResult = Object.freeze({ data: 'error' });

/** An answer that carries no data, as `setInfo` and `killMe` get. */
export const RPC_NO_DATA: RpcResult = Object.freeze({});

/** Answers one method. Anything thrown means no answer at all, so that the caller tries again. */
export type RpcHandler = (args: unknown) => Promise<RpcResult>;
