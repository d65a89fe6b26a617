import { Injectable } from '@nestjs/common';
import { ApiError, isRecord, segment } from '@nuvem/client';
import { WaitingLine } from '@nuvem/client/node';
import { DemoServices } from '../api/demo-services.js';
import { AppDemoOptions } from '../app-demo.options.js';
import { DEFAULT_ROOM, readRoom, readRooms, type ExampleRoom } from './example-room.js';
import { endOf, type News } from './news/room-news.js';

/** Anybody may ask, and what nobody waits for any more is asked all the same: the API gets so many at once. */
const LINE = { inside: 200, waiting: 2000, waitMs: 15_000 };

export interface RoomWish {
  name: string;
  type?: 'erizo' | 'p2p';
  mediaConfiguration?: string;
  /** After which its time is over. */
  minutes?: number;
}

/** What a business's backend does with rooms: one for each name that its users ask for. */
@Injectable()
export class RoomsService {
  /** Two tabs that open a new room at once share one look-up, and so one room. */
  private readonly opening = new Map<string, Promise<ExampleRoom>>();
  /** Rooms that somebody was sent to since the start; kept until those of earlier runs are deleted. */
  private inUse? = new Set<string>();
  private deleting?: string;
  private readonly line = new WaitingLine(LINE);

  constructor(
    private readonly services: DemoServices,
    private readonly options: AppDemoOptions,
  ) {}

  async findAll(): Promise<unknown> {
    return this.tenantRequest('GET', '/rooms');
  }

  async findUsers(roomId: string): Promise<unknown> {
    return this.tenantRequest('GET', `/rooms/${segment(roomId)}/users`);
  }

  /** When a room's time is over, as its page is told. */
  async endOf(roomId: string): Promise<News> {
    const room = await this.tenantRequest('GET', `/v1/rooms/${segment(roomId)}`);
    return endOf(isRecord(room) ? room.endsAt : undefined);
  }

  async getOrCreate(wish: RoomWish): Promise<ExampleRoom> {
    let opening = this.opening.get(wish.name);
    if (!opening) {
      opening = this.open(wish).finally(() => this.opening.delete(wish.name));
      this.opening.set(wish.name, opening);
    }
    return opening;
  }

  /** Names with accents or of other scripts need the body: the header carries ASCII only. */
  async issueToken(roomId: string, userName: string, role: string): Promise<string> {
    this.inUse?.add(roomId);
    const path = `/rooms/${segment(roomId)}/tokens`;
    const { tokenTimeoutMs } = this.options;
    return String(await this.tenantRequest('POST', path, { userName, role }, tokenTimeoutMs));
  }

  /** Deletes the rooms that earlier runs made for somebody, that nobody is in and nobody comes back to. */
  async deleteEmptyRooms(): Promise<void> {
    const rooms = readRooms(await this.findAll());
    for (const room of rooms.filter(({ isOurs, name }) => isOurs && name !== DEFAULT_ROOM)) {
      await this.deleteIfEmpty(room._id);
    }
    this.inUse = undefined;
  }

  private async deleteIfEmpty(roomId: string): Promise<void> {
    try {
      const users = await this.findUsers(roomId);
      // Who lost a place when we were stopped may be on the way back, and not be there yet.
      if (!Array.isArray(users) || users.length > 0 || this.inUse?.has(roomId)) return;
      this.deleting = roomId;
      await this.tenantRequest('DELETE', `/rooms/${segment(roomId)}`);
    } catch (error) {
      // Another instance was faster.
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    } finally {
      this.deleting = undefined;
    }
  }

  private async open(wish: RoomWish): Promise<ExampleRoom> {
    const { name, type, mediaConfiguration, minutes } = wish;
    const query = `?limit=1000&name=${encodeURIComponent(name)}`;
    const page = await this.tenantRequest('GET', `/rooms${query}`);
    const sameName = readRooms(page).filter((room) => room.name === name);
    const existing = sameName.find(({ _id, isOurs }) => isOurs && _id !== this.deleting);
    if (existing) {
      this.inUse?.add(existing._id);
      return existing;
    }
    const options = {
      data: { basicExampleRoom: true },
      mediaConfiguration: mediaConfiguration ?? 'default',
      ...(type === 'p2p' && { p2p: true }),
      // Atomic between instances; but it would also take a room of this name that isn't ours.
      ...(sameName.length === 0 && { getOrCreate: true }),
    };
    const created =
      minutes === undefined
        ? await this.tenantRequest('POST', '/rooms', { name, options })
        : await this.tenantRequest('POST', '/v1/rooms', { name, ...options, ...lifeOf(minutes) });
    if (!isRecord(created)) throw new ApiError(0, 'NO_ANSWER', 'No room in the answer');
    return readRoom(created);
  }

  private async tenantRequest(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: object,
    timeoutMs?: number,
  ): Promise<unknown> {
    if (!(await this.line.enter())) throw new ApiError(0, 'NO_ANSWER', 'Too many requests at once');
    try {
      const api = await this.services.client('tenant');
      return await api.request(method, path, body, { timeoutMs });
    } catch (error) {
      // Deleted by an operator, perhaps: the next call makes the service anew.
      if (error instanceof ApiError && error.status === 401) this.services.forget('tenant');
      throw error;
    } finally {
      this.line.leave();
    }
  }
}

/** What Nuve's own routes can't say. Afterwards the name is free again. */
function lifeOf(minutes: number): object {
  const endsAt = new Date(Date.now() + minutes * 60_000).toISOString();
  return { endsAt, afterEnd: 'delete' };
}
