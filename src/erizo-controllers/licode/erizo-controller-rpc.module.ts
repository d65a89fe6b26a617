import { Module } from '@nestjs/common';
import { ErizoControllersModule } from '../erizo-controllers.module.js';
import { AmqpModule } from '../../amqp/amqp.module.js';
import { BusWatch } from '../../amqp/broker-watch.js';
import { Ec2Metadata } from './ec2-metadata.js';
import { ErizoControllerRpc } from './erizo-controller-rpc.js';

/** Lets Licode's ErizoControllers into the registry. A module of its own, since the registry needs AmqpModule. */
@Module({
  imports: [AmqpModule, ErizoControllersModule],
  providers: [BusWatch, Ec2Metadata, ErizoControllerRpc],
})
export class ErizoControllerRpcModule {}
