import type { FastifyRequest } from 'fastify';
import type { CallingService } from '../services/signing-service.js';
import type { ReplayCheck } from './replay-check/replay-check.js';

/** The service that sent a request: never its key. */
export type AuthenticatedService = CallingService;

/** The user and role that a signature covers, for a token request. */
export interface SignedUser {
  username: string;
  role: string;
}

/** A request that has passed SignInGuard. */
export interface AuthenticatedRequest extends FastifyRequest {
  service: AuthenticatedService;
  signedUser?: SignedUser;
  replayCheck: ReplayCheck;
  /** The replay check, where the response must wait for it: see `keepResponsesBack`. */
  keptBackBy?: ReplayCheck;
}
