import { Module, type DynamicModule } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DemoServices } from '../api/demo-services.js';
import { AppDemoOptions } from '../app-demo.options.js';
import { Admission } from './admission.js';
import { ControlController } from './control.controller.js';
import { ControlGuard } from './control.guard.js';
import { Farewells } from './farewells.js';
import { Gateway } from './gateway.js';
import { Registration } from './registration.js';
import { Rooms } from './rooms.js';
import { Signalling } from './signalling.js';
import { TokenRedeemer } from './token-redeemer.js';

/** A signalling node for p2p rooms: all that a call needs when the browsers send each other media. */
@Module({
  controllers: [ControlController],
  providers: [
    Admission,
    Clock,
    ControlGuard,
    Farewells,
    Gateway,
    Registration,
    Rooms,
    Signalling,
    TokenRedeemer,
  ],
})
export class ErizoControllerModule {
  static with(options: AppDemoOptions, services: DemoServices): DynamicModule {
    return {
      module: ErizoControllerModule,
      providers: [
        { provide: AppDemoOptions, useValue: options },
        { provide: DemoServices, useValue: services },
      ],
    };
  }
}
