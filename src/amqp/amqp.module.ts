import { Module } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { AMQP_TRANSPORT } from '../erizo-controllers/calls/erizo-controller-transport.js';
import { AmqpConnection } from './amqp-connection.js';
import { AmqpErizoControllerTransport } from '../erizo-controllers/calls/amqp-transport.js';
import { AmqpRpcClient } from './amqp-rpc-client.js';
import { AmqpRpcServer } from './amqp-rpc-server.js';

/** The way to and from Licode's ErizoControllers. Without `AMQP_URL` nothing here starts. */
@Module({
  providers: [
    AmqpConnection,
    AmqpRpcClient,
    AmqpRpcServer,
    AmqpErizoControllerTransport,
    {
      provide: AMQP_TRANSPORT,
      inject: [Environment, AmqpErizoControllerTransport],
      useFactory: ({ amqpUrl }: Environment, transport: AmqpErizoControllerTransport) =>
        amqpUrl === undefined ? null : transport,
    },
  ],
  exports: [AmqpConnection, AmqpRpcClient, AmqpRpcServer, AMQP_TRANSPORT],
})
export class AmqpModule {}
