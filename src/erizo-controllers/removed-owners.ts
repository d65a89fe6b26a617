import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ServiceRemovals } from '../services/service-removals.js';
import { ErizoControllersService } from './erizo-controllers.service.js';

/** Forgets the nodes of a service that is deleted: without its key they could be neither called nor believed. */
@Injectable()
export class RemovedOwners implements OnModuleInit {
  constructor(
    private readonly removals: ServiceRemovals,
    private readonly nodes: ErizoControllersService,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoved((service) => this.nodes.removeOwned(service));
  }
}
