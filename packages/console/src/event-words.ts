import { isRecord } from '@nuvem/client';
import type { LoggedEvent } from './types.js';

/** What of an event's data says most, by the kind of the event. */
export function summaryOf({ type, data }: LoggedEvent): string {
  const { room, token, participant, ban, node, webhook } = records(data);
  switch (type.split('.', 1)[0]) {
    case 'room':
      return joined(roomWords(type, data), text(room.closeReason), text(data.reason));
    case 'token':
      return joined(text(token.userName), text(token.role), text(data.reason));
    case 'participant':
      return joined(
        text(participant.userName) ?? text(data.userName),
        text(participant.role),
        text(participant.reason),
      );
    case 'ban':
      return joined(text(ban.userName) ?? text(ban.userId), text(ban.reason));
    case 'node':
      return joined(text(node.host), text(node.region));
    case 'webhook':
      return joined(text(webhook.url), text(data.reason));
    default:
      return '';
  }
}

/** The name of the event's room, where the event holds it. */
export function roomNameIn({ data }: LoggedEvent): string | undefined {
  return text(records(data).room.name);
}

function roomWords(type: string, { secondsLeft }: Record<string, unknown>): string | undefined {
  if (type !== 'room.ending' || typeof secondsLeft !== 'number') return undefined;
  return `ends in ${secondsLeft < 120 ? `${secondsLeft} s` : `${Math.round(secondsLeft / 60)} min`}`;
}

function records(data: Record<string, unknown>) {
  const record = (value: unknown) => (isRecord(value) ? value : {});
  return {
    room: record(data.room),
    token: record(data.token),
    participant: record(data.participant),
    ban: record(data.ban),
    node: record(data.node),
    webhook: record(data.webhook),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function joined(...words: (string | undefined)[]): string {
  return [...new Set(words.filter((word) => word !== undefined))].join(' · ');
}
