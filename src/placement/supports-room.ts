import type { ErizoController } from '../erizo-controllers/erizo-controller.js';
import type { AssignmentRoom } from './assignment-strategy.js';

/** Whether a node can serve a room whole: one labelled `media: p2p` only signals, and has no media of its own. */
export function supportsRoom({ labels }: ErizoController, { p2p }: AssignmentRoom): boolean {
  return p2p === true || labels?.['media'] !== 'p2p';
}
