/** A call over RabbitMQ that got no response: nobody listens, nobody responded in time, or the broker is away. */
export class RpcFailedError extends Error {
  override readonly name = 'RpcFailedError';
}
