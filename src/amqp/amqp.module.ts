import { Module } from '@nestjs/common';
import { AmqpConnection } from './amqp-connection.js';
import { AmqpRpcClient } from './amqp-rpc-client.js';
import { AmqpRpcServer } from './amqp-rpc-server.js';
import { BrokerWatch } from './broker-watch.js';

const PROVIDERS = [AmqpConnection, AmqpRpcClient, AmqpRpcServer, BrokerWatch];

/** RPC over RabbitMQ, as Licode does it. Without `AMQP_URL` nothing here starts. */
@Module({ providers: PROVIDERS, exports: PROVIDERS })
export class AmqpModule {}
