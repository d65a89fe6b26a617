import { Injectable, type OnModuleInit } from '@nestjs/common';
import { BansService } from '../../bans/bans.service.js';
import { ParticipantsService } from '../participants.service.js';

/** Whoever is banned leaves the rooms that the ban is of. */
@Injectable()
export class BannedPeople implements OnModuleInit {
  constructor(
    private readonly bans: BansService,
    private readonly participants: ParticipantsService,
  ) {}

  onModuleInit(): void {
    this.bans.onBanned(async ({ service, room, userName, userId }) => {
      const person = userId === undefined ? { userName: userName ?? '' } : { userId };
      await this.participants.removeEverywhere(service, person, room);
    });
  }
}
