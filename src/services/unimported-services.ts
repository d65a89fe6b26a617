import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model } from 'mongoose';
import { Service } from './schemas/service.schema.js';

/** Services as Nuve leaves them. Those with another id than Nuve gives are of no use to anybody, and never imported. */
const AS_NUVE_LEFT = { _id: { $type: 'objectId' }, role: { $exists: false } } as const;

/**
 * Whether the database is Licode's and was never imported, or not whole: every tenant would be refused. Looks until
 * there is nothing left to import, and then no more, since nobody but Nuve makes such services.
 */
@Injectable()
export class UnimportedServices implements OnApplicationBootstrap {
  private readonly logger = new Logger(UnimportedServices.name);
  private done = false;

  constructor(@InjectModel(Service.name) private readonly services: Model<Service>) {}

  async onApplicationBootstrap(): Promise<void> {
    if (await this.exist()) {
      this.logger.error(
        'There are services of Licode in this database that were not imported, and all of their requests are refused: ' +
          'run import-licode (docs/guides/migrate-from-nuve.md)',
      );
    }
  }

  async exist(): Promise<boolean> {
    if (this.done) return false;
    this.done = (await this.services.exists(AS_NUVE_LEFT)) === null;
    return !this.done;
  }
}
