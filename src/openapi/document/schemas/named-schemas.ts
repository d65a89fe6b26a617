import type { OpenAPIObject } from '@nestjs/swagger';
import { MAX_PERMISSIONS } from '../../../common/participant-roles/is-roles.decorator.js';
import { withComponents } from '../map-operations.js';

/** Types that no DTO can say, named: generators make up names for what has none. */
const SCHEMAS = {
  // A text, since that is what a body is which is no JSON: generated clients look for a list's items in its letters.
  ActivityStream: {
    type: 'string',
    contentMediaType: 'text/event-stream',
    contentSchema: { type: 'array', items: { $ref: '#/components/schemas/ActivityEvent' } },
    description: 'Events, as a client sees them that reads them as one text',
    example: 'event: snapshot\ndata: {"intervalMs":10000}\n\n',
  },
  ActivityEvent: {
    type: 'object',
    description: 'One of the server-sent events',
    required: ['event', 'data'],
    properties: {
      event: { type: 'string', const: 'snapshot', description: 'Its name', example: 'snapshot' },
      data: {
        type: 'string',
        contentMediaType: 'application/json',
        contentSchema: { $ref: '#/components/schemas/ActivitySnapshotDto' },
        description: 'An ActivitySnapshot as JSON',
        example: '{"intervalMs":10000,"activity":[],"roomsVersion":"","nodes":[]}',
      },
    },
  },
  EventStream: {
    type: 'string',
    contentMediaType: 'text/event-stream',
    contentSchema: { type: 'array', items: { $ref: '#/components/schemas/StreamedEvent' } },
    description: 'Events, as a client sees them that reads them as one text',
    example: 'id: 1042\nevent: room.created\ndata: {"id":"evt_65f0c0ffee65f0c0ffee65f4"}\n\n',
  },
  StreamedEvent: {
    type: 'object',
    description: 'One of the server-sent events',
    required: ['id', 'event', 'data'],
    properties: {
      id: { type: 'string', description: 'The cursor', example: '1042' },
      event: { $ref: '#/components/schemas/EventType' },
      data: {
        type: 'string',
        contentMediaType: 'application/json',
        contentSchema: { $ref: '#/components/schemas/EventDto' },
        description: 'An Event as JSON',
        example: '{"id":"evt_65f0c0ffee65f0c0ffee65f4"}',
      },
    },
  },
  RolePermissions: {
    type: 'object',
    description: 'What a role may do, by the names that nodes know',
    maxProperties: MAX_PERMISSIONS,
    additionalProperties: { $ref: '#/components/schemas/Permission' },
    example: { publish: true, subscribe: true },
  },
  Permission: {
    description: 'Whether it may, or which kinds of it',
    oneOf: [{ type: 'boolean' }, { $ref: '#/components/schemas/PermissionFlags' }],
    example: true,
  },
  PermissionFlags: {
    type: 'object',
    description: 'Whether it may, kind by kind',
    maxProperties: MAX_PERMISSIONS,
    additionalProperties: { type: 'boolean' },
    example: { video: true, audio: true, screen: false },
  },
  NuveCreatedServiceOrId: {
    description: 'The new service, or its id alone when a key was given',
    oneOf: [
      { $ref: '#/components/schemas/NuveCreatedService' },
      { $ref: '#/components/schemas/NuveServiceId' },
    ],
  },
  NuveServiceId: {
    type: 'string',
    description: "The service's id",
    example: '65f0c0ffee65f0c0ffee65f0',
  },
};

export function addNamedSchemas(document: OpenAPIObject): OpenAPIObject {
  return withComponents(document, { schemas: SCHEMAS });
}
