import { Module, type DynamicModule } from '@nestjs/common';
import { Environment } from './environment.js';

@Module({})
export class ConfigModule {
  /** Gives every module the settings, which are read before the application is made. */
  static forRoot(environment: Environment): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: Environment, useValue: environment }],
      exports: [Environment],
    };
  }
}
