import type { Type } from '@nestjs/common';
import { BanEventDto } from '../../../bans/dto/ban-event.dto.js';
import { NodeDrainingEventDto } from '../../../erizo-controllers/dto/node-draining-event.dto.js';
import { NodeEventDto } from '../../../erizo-controllers/dto/node-event.dto.js';
import type { EventType } from '../../../outbox/event-types.js';
import {
  ParticipantEventDto,
  ParticipantRemovedEventDto,
} from '../../../participants/sessions/dto/participant-event.dto.js';
import { RoomClosedEventDto } from '../../../rooms/dto/room-closed-event.dto.js';
import { RoomDeletedEventDto } from '../../../rooms/dto/room-deleted-event.dto.js';
import { RoomEndingEventDto } from '../../../rooms/dto/room-ending-event.dto.js';
import { RoomEventDto } from '../../../rooms/dto/room-event.dto.js';
import { RoomMovedEventDto } from '../../../rooms/dto/room-moved-event.dto.js';
import { TokenEventDto } from '../../../tokens/dto/token-event.dto.js';
import { TokenRefusedEventDto } from '../../../tokens/dto/token-refused-event.dto.js';
import { WebhookDisabledEventDto } from '../../../webhooks/dto/webhook-disabled-event.dto.js';
import { WebhookTestEventDto } from '../../../webhooks/dto/webhook-test-event.dto.js';

/** What is known of a type of events. */
export interface EventDescription {
  /** When it happens, in one sentence. */
  when: string;
  /** What `data` is. */
  data: Type;
  /** Whether it is of a room: always, unless said otherwise. */
  room?: 'sometimes' | 'never';
}

/** Every type of the log: one that is forgotten here does not compile. */
export const EVENT_CATALOGUE = {
  'room.created': { when: 'Your backend has made a room', data: RoomEventDto },
  'room.updated': {
    when: 'Your backend has changed a room, or a closed one is scheduled again',
    data: RoomEventDto,
  },
  'room.opened': {
    when: 'The time of a scheduled room has come, or a closed one is open again',
    data: RoomEventDto,
  },
  'room.ending': {
    when: "A room's time is over in ten minutes, or in one",
    data: RoomEndingEventDto,
  },
  'room.closed': {
    when: 'A room lets nobody in any more: you closed it, or its time is over',
    data: RoomClosedEventDto,
  },
  'room.deleted': {
    when: 'A room is gone: you deleted it, or its time is over',
    data: RoomDeletedEventDto,
  },
  'room.moved': {
    when: 'Another node has a room, since the one that it had has died',
    data: RoomMovedEventDto,
  },
  'token.issued': {
    when: 'A token was issued; told where `eventLog` is `all`',
    data: TokenEventDto,
  },
  'token.redeemed': { when: 'Somebody was let in with a token', data: TokenEventDto },
  'token.refused': {
    when: 'Somebody was not let in with a token, and why',
    data: TokenRefusedEventDto,
  },
  'token.revoked': { when: 'You took a token back', data: TokenEventDto },
  'participant.joined': { when: "Somebody's session in a room began", data: ParticipantEventDto },
  'participant.left': {
    when: "Somebody's session in a room ended, and why",
    data: ParticipantEventDto,
  },
  'participant.removed': {
    when: 'Somebody you removed or banned is truly gone: the node lists them no more',
    data: ParticipantRemovedEventDto,
  },
  'ban.created': {
    when: 'Somebody is kept out, or is kept out for another time',
    data: BanEventDto,
    room: 'sometimes',
  },
  'ban.lifted': {
    when: 'You keep somebody out no longer',
    data: BanEventDto,
    room: 'sometimes',
  },
  'node.registered': {
    when: 'A node has registered; told to the superservice, as all of nodes is',
    data: NodeEventDto,
    room: 'never',
  },
  'node.lost': {
    when: 'A node has sent no heartbeat for too long',
    data: NodeEventDto,
    room: 'never',
  },
  'node.recovered': { when: 'A lost node beats again', data: NodeEventDto, room: 'never' },
  'node.draining': {
    when: 'A node gets no new rooms from now on, or gets some again',
    data: NodeDrainingEventDto,
    room: 'never',
  },
  'webhook.disabled': {
    when: 'A webhook was switched off: it answered 410, or failed for five days',
    data: WebhookDisabledEventDto,
    room: 'never',
  },
} satisfies Record<EventType, EventDescription>;

/** What webhooks are sent that is in no log. */
export const UNLOGGED_EVENTS = {
  'webhook.test': {
    when: 'You try a webhook out; told to that one alone, and in no log',
    data: WebhookTestEventDto,
    room: 'never',
  },
} satisfies Record<string, EventDescription>;

/** The classes of all `data`, for Nest to read. */
export const EVENT_DATA: Type[] = [
  ...new Set<Type>(
    [EVENT_CATALOGUE, UNLOGGED_EVENTS].flatMap((events) =>
      Object.values<EventDescription>(events).map(({ data }) => data),
    ),
  ),
];
