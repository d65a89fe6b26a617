import { Module, type DynamicModule } from '@nestjs/common';
import { DemoServices } from '../api/demo-services.js';
import { AppDemoOptions } from '../app-demo.options.js';
import { BackendController } from './backend.controller.js';
import { CleanUp } from './clean-up.js';
import { NewsController } from './news/news.controller.js';
import { RoomNews } from './news/room-news.js';
import { Webhook } from './news/webhook.js';
import { RoomsService } from './rooms.service.js';

/** The business backend and the pages it serves. */
@Module({
  controllers: [BackendController, NewsController],
  providers: [CleanUp, RoomNews, RoomsService, Webhook],
})
export class BackendModule {
  static with(options: AppDemoOptions, services: DemoServices): DynamicModule {
    return {
      module: BackendModule,
      providers: [
        { provide: AppDemoOptions, useValue: options },
        { provide: DemoServices, useValue: services },
      ],
    };
  }
}
