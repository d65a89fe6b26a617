import type { OpenAPIObject } from '@nestjs/swagger';
import { withComponents, type Components, type Operation } from '../map-operations.js';
import { EVENT_CATALOGUE, UNLOGGED_EVENTS, type EventDescription } from './event-catalogue.js';
import { eventSchemas, pascalCase, schemaNameOf } from './event-schemas.js';

/** The headers of Standard Webhooks, by their names among the components. */
const HEADERS = {
  WebhookId: {
    name: 'webhook-id',
    in: 'header',
    required: true,
    description: "The event's id, the same each time that it is sent",
    schema: { type: 'string' },
    example: 'evt_65f0c0ffee65f0c0ffee65f4',
  },
  WebhookTimestamp: {
    name: 'webhook-timestamp',
    in: 'header',
    required: true,
    description: 'When it was sent, in seconds since 1970: refuse what is more than 5 minutes off',
    schema: { type: 'string', pattern: '^\\d+$' },
    example: '1795809600',
  },
  WebhookSignature: {
    name: 'webhook-signature',
    in: 'header',
    required: true,
    description:
      '`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; several, separated by spaces, while a secret is replaced',
    schema: { type: 'string' },
    example: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
} satisfies Components['parameters'];

const RESPONSES = {
  '2XX': { description: 'Taken: answer within 15 seconds, and do the work afterwards' },
  410: { description: 'Never send anything again: it switches the webhook off' },
  default: {
    description:
      'Anything else, a redirect among it, is a failure: it is sent again later, for days',
  },
};

/** Documents each event, as the log tells it and as webhooks are sent it. */
export function addEvents(document: OpenAPIObject): OpenAPIObject {
  const described = withComponents(document, {
    schemas: eventSchemas(document),
    parameters: HEADERS,
  });
  const events: Record<string, EventDescription> = { ...EVENT_CATALOGUE, ...UNLOGGED_EVENTS };
  const webhooks = Object.entries(events).map(([type, { when }]) => [
    type,
    { post: operationOf(type, when) },
  ]);
  return {
    ...described,
    webhooks: Object.fromEntries(webhooks) as OpenAPIObject['webhooks'],
  };
}

function operationOf(type: string, when: string): Operation {
  return {
    operationId: `on${pascalCase(type)}`,
    tags: ['webhooks'],
    // The signature is no sign-in: it is for the receiver to check.
    security: [],
    summary: when,
    description: 'Signed as Standard Webhooks has it; it may come twice, and late.',
    parameters: Object.keys(HEADERS).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { $ref: `#/components/schemas/${schemaNameOf(type)}` } },
      },
    },
    responses: RESPONSES,
  };
}
