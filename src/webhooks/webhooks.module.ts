import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { DatabaseModule } from '../database/database.module.js';
import { EventsModule } from '../events/events.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { ServicesModule } from '../services/services.module.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveriesService } from './deliveries.service.js';
import { Deliverer } from './dispatch/deliverer.service.js';
import { TargetsRepository } from './dispatch/targets.repository.js';
import { WebhookDispatcher } from './dispatch/webhook-dispatcher.service.js';
import { WebhookDelivery, WebhookDeliverySchema } from './schemas/webhook-delivery.schema.js';
import { Webhook, WebhookSchema } from './schemas/webhook.schema.js';
import { WebhookSender } from './sending/webhook-sender.js';
import { WebhookAddresses } from './webhook-addresses.js';
import { WebhookDeliveriesController } from './webhook-deliveries.controller.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookTestsService } from './webhook-tests.service.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksRepository } from './webhooks.repository.js';
import { WebhooksService } from './webhooks.service.js';

@Module({
  imports: [
    DatabaseModule,
    EventsModule,
    OutboxModule,
    ServicesModule,
    MongooseModule.forFeature([
      { name: Webhook.name, schema: WebhookSchema },
      { name: WebhookDelivery.name, schema: WebhookDeliverySchema },
    ]),
  ],
  controllers: [WebhooksController, WebhookDeliveriesController],
  providers: [
    Deliverer,
    DeliveriesRepository,
    DeliveriesService,
    TargetsRepository,
    WebhookAddresses,
    WebhookDispatcher,
    WebhookSecrets,
    WebhookSender,
    WebhookTestsService,
    WebhooksRepository,
    WebhooksService,
  ],
})
export class WebhooksModule {}
