import { Module, type DynamicModule } from '@nestjs/common';
import { ActivityFeedModule } from './activity-feed/activity-feed.module.js';
import { ActivityModule } from './activity/activity.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BansModule } from './bans/bans.module.js';
import { CommonModule } from './common/common.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Environment } from './config/environment.js';
import { DatabaseModule } from './database/database.module.js';
import { ErizoControllersModule } from './erizo-controllers/erizo-controllers.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { NuveModule } from './nuve/nuve.module.js';
import { ParticipantsModule } from './participants/participants.module.js';
import { PlacementModule } from './placement/placement.module.js';
import { RoomsModule } from './rooms/rooms.module.js';
import { ServicesModule } from './services/services.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { VersionModule } from './version/version.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

@Module({})
export class AppModule {
  static forRoot(environment: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(environment),
        CommonModule,
        DatabaseModule,
        ActivityModule,
        ActivityFeedModule,
        AuthModule,
        BansModule,
        ErizoControllersModule,
        EventsModule,
        HealthModule,
        IdempotencyModule,
        NuveModule,
        ParticipantsModule,
        RoomsModule,
        ServicesModule,
        PlacementModule,
        TokensModule,
        VersionModule,
        WebhooksModule,
      ],
    };
  }
}
