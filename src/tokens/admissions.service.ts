import { Injectable } from '@nestjs/common';
import type { Types } from 'mongoose';
import type { Token } from './schemas/token.schema.js';
import { TokensRepository } from './tokens.repository.js';

/** That somebody was let into a room. */
export interface Admission {
  tokenId: Types.ObjectId;
  at: Date;
  role: string;
  userId?: string;
  /** JSON. */
  metadata?: string;
}

/** By which token somebody was let in, and where. */
export interface AdmittingToken {
  tokenId: Types.ObjectId;
  room: Types.ObjectId;
  service: Types.ObjectId;
  at: Date;
}

/** Whom a token let in, if it did. */
function admissionBy({ _id: tokenId, role, userId, metadata, redeemed }: Token): Admission[] {
  return redeemed ? [{ tokenId, at: redeemed.at, role, userId, metadata }] : [];
}

/** Who was let into rooms, for as long as their tokens are kept. */
@Injectable()
export class AdmissionsService {
  constructor(private readonly tokens: TokensRepository) {}

  /** Of those of that name so many at most, the latest first. */
  async findOf(
    room: Types.ObjectId,
    userName: string,
    which: { limit: number; isLogged: boolean },
  ): Promise<Admission[]> {
    return (await this.tokens.findRedeemed(room, userName, which)).flatMap(admissionBy);
  }

  /** By this token, if it let somebody of that name into that room. */
  async findBy(
    tokenId: Types.ObjectId,
    { room, userName }: Pick<Token, 'room' | 'userName'>,
  ): Promise<Admission | undefined> {
    const token = await this.tokens.findOne(tokenId);
    const isTheirs = token?.room.equals(room) && token.userName === userName;
    return token && isTheirs ? admissionBy(token)[0] : undefined;
  }

  /** The rooms of services with a log that somebody was let into since then, by so many tokens at most, the earliest first. */
  async findRooms(since: Date, limit: number): Promise<AdmittingToken[]> {
    const tokens = await this.tokens.findRedeemedSince(since, limit);
    return tokens.flatMap(({ _id: tokenId, room, service, redeemed }) =>
      redeemed ? [{ tokenId, room, service, at: redeemed.at }] : [],
    );
  }
}
