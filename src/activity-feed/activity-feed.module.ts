import { Module } from '@nestjs/common';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { ActivityFeedController } from './activity-feed.controller.js';
import { ActivityFeedService } from './activity-feed.service.js';

@Module({
  imports: [ErizoControllersModule],
  controllers: [ActivityFeedController],
  providers: [ActivityFeedService],
})
export class ActivityFeedModule {}
