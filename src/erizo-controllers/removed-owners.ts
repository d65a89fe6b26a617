import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ServicesService } from '../services/services.service.js';
import { ErizoControllersService } from './erizo-controllers.service.js';

/** Forgets the nodes of a service that is deleted: without its key they could be neither called nor believed. */
@Injectable()
export class RemovedOwners implements OnModuleInit {
  constructor(
    private readonly services: ServicesService,
    private readonly controllers: ErizoControllersService,
  ) {}

  onModuleInit(): void {
    this.services.onRemoved((service) => this.controllers.removeOwned(service));
  }
}
