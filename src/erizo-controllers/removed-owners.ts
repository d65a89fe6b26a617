import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ServiceRemovals } from '../services/service-removals.js';
import { ErizoControllersService } from './erizo-controllers.service.js';

/** Forgets the nodes of a service that is deleted: without its key they could be neither called nor believed. */
@Injectable()
export class RemovedOwners implements OnModuleInit {
  constructor(
    private readonly removals: ServiceRemovals,
    private readonly controllers: ErizoControllersService,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoved((service) => this.controllers.removeOwned(service));
  }
}
