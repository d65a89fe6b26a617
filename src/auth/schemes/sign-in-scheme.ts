import type { FastifyRequest } from 'fastify';
import type { SigningService } from '../../services/signing-service.js';
import type { SignedUser } from '../authenticated-request.js';

/** A signature that was found right. */
export interface Signature {
  /** When it was made, as the request writes it. */
  createdAt: string;
  /** Base64. */
  value: string;
}

/** Who sent a request, and by which right. */
export interface SignIn {
  service: SigningService;
  /** The user and role that are signed: MAuth's alone. */
  user?: SignedUser;
  /** Good for one use; absent where the key itself was sent. */
  signature?: Signature;
}

/** A way to say who sends a request. */
export interface SignInScheme {
  /**
   * Checks a request, without using its signature up.
   *
   * @throws an error of the catalogue, or what the driver throws when the database is away
   */
  identify(request: FastifyRequest): Promise<SignIn>;
}
