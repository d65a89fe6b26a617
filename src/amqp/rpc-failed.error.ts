/** A call over RabbitMQ that got no answer: nobody listens, nobody answered in time, or the broker is away. */
export class RpcFailedError extends Error {
  override readonly name = 'RpcFailedError';
}
