/** Licode's `N.API`: its names, argument order and callbacks, and a promise of each call besides. */
import { call, type Callback, type ErrorCallback, type Request } from './call.js';
import type { Params } from './params.js';
import { segmentOf } from './segment-of.js';
import { tokenUser } from './token-user.js';

export type { Callback, ErrorCallback } from './call.js';
export type { Params } from './params.js';

/** A room as Nuve shows it. */
export interface Room {
  _id: string;
  name: string;
  p2p?: true;
  data?: Record<string, unknown>;
  mediaConfiguration?: string;
}

/** What a room is made or changed with; `getOrCreate` and `test` count when it is made. */
export interface RoomOptions {
  p2p?: boolean;
  data?: object;
  mediaConfiguration?: string;
  getOrCreate?: boolean;
  test?: boolean;
}

/** A call of which `init` may have said whom it is for. */
type Unaddressed = Omit<Request, 'params'> & { params: Params | undefined };

/**
 * Each call hands what was answered to its callback, or what went wrong to its error callback, and promises the same.
 * `createRoom` gives the room; all others give the text of the answer, which for lists, rooms, users and services is JSON.
 */
export const API = {
  /** Whom the calls are for that get no `params` of their own. */
  params: { service: undefined, key: undefined, url: undefined } as Partial<Params>,

  /** @param url where Nuve or Nuvem answers, as `http://127.0.0.1:3000/` */
  init(service: string, key: string, url: string): void {
    Object.assign(API.params, { service, key, url });
  },

  createRoom(
    name: string,
    callback?: Callback<Room>,
    callbackError?: ErrorCallback,
    options?: RoomOptions,
    params?: Params,
  ): Promise<Room> {
    const body = { name, options: options || {} };
    const read = (text: string) => JSON.parse(text) as Room;
    const request = { method: 'POST' as const, path: 'rooms', body, params };
    return call(withParams(request), read, callback, callbackError);
  },

  getRooms(callback?: Callback, callbackError?: ErrorCallback, params?: Params): Promise<string> {
    return ask({ method: 'GET', path: 'rooms', params }, callback, callbackError);
  },

  getRoom(
    room: string,
    callback?: Callback,
    callbackError?: ErrorCallback,
    params?: Params,
  ): Promise<string> {
    return ask({ method: 'GET', path: roomPath(room), params }, callback, callbackError);
  },

  /** Replaces the name, and sets what the options hold. */
  updateRoom(
    room: string,
    name: string,
    callback?: Callback,
    callbackError?: ErrorCallback,
    options?: RoomOptions,
    params?: Params,
  ): Promise<string> {
    const body = { name, options };
    return ask({ method: 'PUT', path: roomPath(room), body, params }, callback, callbackError);
  },

  /** Changes what is given; `data` is merged key by key. */
  patchRoom(
    room: string,
    name: string | undefined,
    callback?: Callback,
    callbackError?: ErrorCallback,
    options?: RoomOptions,
    params?: Params,
  ): Promise<string> {
    const body = { name, options };
    return ask({ method: 'PATCH', path: roomPath(room), body, params }, callback, callbackError);
  },

  deleteRoom(
    room: string,
    callback?: Callback,
    callbackError?: ErrorCallback,
    params?: Params,
  ): Promise<string> {
    return ask({ method: 'DELETE', path: roomPath(room), params }, callback, callbackError);
  },

  /** @param username arrives in lower case and without accents, as Licode's clients send it */
  createToken(
    room: string,
    username: string,
    role: string,
    callback?: Callback,
    callbackError?: ErrorCallback,
    params?: Params,
  ): Promise<string> {
    const path = `${roomPath(room)}/tokens`;
    const request = { method: 'POST' as const, path, ...tokenUser(username, role), params };
    return ask(request, callback, callbackError);
  },

  /** Gives the new id as JSON: a text in quotation marks. */
  createService(
    name: string,
    key: string,
    callback?: Callback,
    callbackError?: ErrorCallback,
    params?: Params,
  ): Promise<string> {
    const body = { name, key };
    return ask({ method: 'POST', path: 'services/', body, params }, callback, callbackError);
  },

  getServices(
    callback?: Callback,
    callbackError?: ErrorCallback,
    params?: Params,
  ): Promise<string> {
    return ask({ method: 'GET', path: 'services/', params }, callback, callbackError);
  },

  getService(
    service: string,
    callback?: Callback,
    callbackError?: ErrorCallback,
    params?: Params,
  ): Promise<string> {
    return ask({ method: 'GET', path: servicePath(service), params }, callback, callbackError);
  },

  deleteService(
    service: string,
    callback?: Callback,
    callbackError?: ErrorCallback,
    params?: Params,
  ): Promise<string> {
    return ask({ method: 'DELETE', path: servicePath(service), params }, callback, callbackError);
  },

  getUsers(
    room: string,
    callback?: Callback,
    callbackError?: ErrorCallback,
    params?: Params,
  ): Promise<string> {
    const path = `${roomPath(room)}/users/`;
    return ask({ method: 'GET', path, params }, callback, callbackError);
  },

  getUser(
    room: string,
    user: string,
    callback?: Callback,
    callbackError?: ErrorCallback,
    params?: Params,
  ): Promise<string> {
    return ask({ method: 'GET', path: userPath(room, user), params }, callback, callbackError);
  },

  deleteUser(
    room: string,
    user: string,
    callback?: Callback,
    callbackError?: ErrorCallback,
    params?: Params,
  ): Promise<string> {
    return ask({ method: 'DELETE', path: userPath(room, user), params }, callback, callbackError);
  },
};

function roomPath(room: string): string {
  return `rooms/${segmentOf(room)}`;
}

function userPath(room: string, user: string): string {
  return `${roomPath(room)}/users/${segmentOf(user)}`;
}

function servicePath(service: string): string {
  return `services/${segmentOf(service)}`;
}

/** A call whose answer is given as it is. */
function ask(
  request: Unaddressed,
  callback: Callback | undefined,
  callbackError: ErrorCallback | undefined,
): Promise<string> {
  return call(withParams(request), (text) => text, callback, callbackError);
}

function withParams(request: Unaddressed): Request {
  return { ...request, params: request.params ?? API.params };
}
