import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { AmqpConnection } from './amqp-connection.js';
import { AmqpRpcClient } from './amqp-rpc-client.js';
import { AmqpRpcServer } from './amqp-rpc-server.js';
import { AmqpTopicConsumer } from './amqp-topic-consumer.js';
import { BrokerWatch } from './broker-watch.js';
import { BrokerHealth } from './broker.health.js';

const PROVIDERS = [
  AmqpConnection,
  AmqpRpcClient,
  AmqpRpcServer,
  AmqpTopicConsumer,
  BrokerHealth,
  BrokerWatch,
];

/** RPC over RabbitMQ, as Licode does it. Without `AMQP_URL` nothing here starts. */
@Module({ imports: [TerminusModule], providers: PROVIDERS, exports: PROVIDERS })
export class AmqpModule {}
