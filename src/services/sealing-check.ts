import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model } from 'mongoose';
import { WrongSecretsError } from '../config/configuration-error.js';
import { KeySealer } from './key-sealer.js';
import { Installation, INSTALLATION_ID } from './schemas/installation.schema.js';
import { ServicesRepository } from './services.repository.js';

const CHECK_TEXT = 'nuvem';

/**
 * Finds out at the start whether the keys of this database open. Otherwise the application would be ready, and
 * fail at every tenant's request.
 */
@Injectable()
export class SealingCheck {
  constructor(
    @InjectModel(Installation.name) private readonly installations: Model<Installation>,
    private readonly services: ServicesRepository,
    private readonly sealer: KeySealer,
  ) {}

  /** @throws WrongSecretsError when the stored keys were sealed under another secret */
  async verify(): Promise<void> {
    const found = await this.installations.findById(INSTALLATION_ID).lean();
    // Services may have been imported before the first start: their keys are sealed, and there is no check yet.
    this.open(found?.sealedCheck ?? (await this.services.findAnySealedKey()));
    if (found) return;
    // Of two instances that start at once, the second keeps the first one's.
    const kept = await this.installations.findByIdAndUpdate(
      INSTALLATION_ID,
      { $setOnInsert: { sealedCheck: this.sealer.seal(CHECK_TEXT) } },
      { upsert: true, returnDocument: 'after' },
    );
    this.open(kept.sealedCheck);
  }

  private open(sealed: string | undefined): void {
    if (sealed === undefined) return;
    try {
      this.sealer.open(sealed);
    } catch (cause) {
      throw new WrongSecretsError(
        'The keys of this database were sealed with another secret: set ENCRYPTION_KEY as it was or, where it was ' +
          'unset, SUPERSERVICE_KEY; where both were unset, put secrets.json of the data directory back from a backup',
        { cause },
      );
    }
  }
}
