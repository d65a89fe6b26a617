import { Module } from '@nestjs/common';
import { AmqpRpcServer } from './amqp-rpc-server.js';

/** The way to Licode's ErizoControllers. Without `AMQP_URL` nothing here starts. */
@Module({
  providers: [AmqpRpcServer],
  exports: [AmqpRpcServer],
})
export class AmqpModule {}
