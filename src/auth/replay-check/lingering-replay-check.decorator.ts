import { SetMetadata } from '@nestjs/common';

export const LINGERING_REPLAY_CHECK = 'nuvem:lingering-replay-check';

/**
 * For a route that very many call at their leisure: its replay check waits a moment for those of others, so that many
 * requests are one command of the database.
 */
export const LingeringReplayCheck = (): MethodDecorator =>
  SetMetadata(LINGERING_REPLAY_CHECK, true);
