import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';

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

  constructor(@InjectConnection() private readonly connection: Connection) {}

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
    const options = { projection: { _id: 1 } };
    const found = await this.connection.collection('services').findOne(AS_NUVE_LEFT, options);
    this.done = found === null;
    return !this.done;
  }
}
