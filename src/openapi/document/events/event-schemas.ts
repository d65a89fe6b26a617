import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import type { Schema } from '../map-operations.js';
import {
  EVENT_CATALOGUE,
  EVENT_DATA,
  UNLOGGED_EVENTS,
  type EventDescription,
} from './event-catalogue.js';

type Schemas = Record<string, Schema>;

const PREFIX = '#/components/schemas/';
/** What all events have, as Nest reads it off the DTO; and, in the document, the name of them all. */
const EVENT = 'Event';

/** `room.created` → `RoomCreatedEvent` */
export function schemaNameOf(type: string): string {
  return `${pascalCase(type)}${EVENT}`;
}

export function pascalCase(type: string): string {
  return type.replaceAll(/(?:^|\.)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A schema of each event, and `Event`, which is one of those that a log has. */
export function eventSchemas({ components }: OpenAPIObject): Schemas {
  const read = components?.schemas as Schemas;
  const data = Object.fromEntries(
    EVENT_DATA.map((type) => nameIn({ $ref: getSchemaPath(type) })).map((name) => [
      name,
      withExamples(read[name] as Schema, read),
    ]),
  );
  const schemas = { ...read, ...data };
  const envelope = schemas[EVENT];
  if (!envelope) throw new Error(`There is no schema ${EVENT}`);
  const describe = (events: Record<string, EventDescription>, isLogged: boolean): Schemas => {
    const described = Object.entries(events).map(([type, event]) => [
      schemaNameOf(type),
      schemaOf(type, event, { schemas, envelope, isLogged }),
    ]);
    return Object.fromEntries(described) as Schemas;
  };
  const logged = describe(EVENT_CATALOGUE, true);
  const [first] = Object.values(logged);
  const mapping = Object.keys(EVENT_CATALOGUE).map((type) => [type, PREFIX + schemaNameOf(type)]);
  const union = {
    description: 'Something that happened: `type` says what',
    oneOf: Object.keys(logged).map((name) => ({ $ref: PREFIX + name })),
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(mapping) as Record<string, string>,
    },
    example: first?.example as unknown,
  };
  return { ...data, ...logged, ...describe(UNLOGGED_EVENTS, false), [EVENT]: union };
}

function schemaOf(
  type: string,
  { when, data, room }: EventDescription,
  { schemas, envelope, isLogged }: { schemas: Schemas; envelope: Schema; isLogged: boolean },
): Schema {
  const $ref = getSchemaPath(data);
  const left = [...(isLogged ? [] : ['sequence']), ...(room === 'never' ? ['roomId'] : [])];
  const own: Record<string, object> = {
    type: { type: 'string', const: type, description: 'What happened', example: type },
    data: { description: 'What the type says', $ref, example: exampleOf({ $ref }, schemas) },
  };
  const properties = Object.fromEntries(
    Object.entries(envelope.properties ?? {})
      .filter(([name]) => !left.includes(name))
      .map(([name, field]) => [name, own[name] ?? field]),
  );
  const required = Object.keys(properties).filter(
    (name) => name !== 'roomId' || room !== 'sometimes',
  );
  const schema = { type: 'object', description: when, properties, required } as Schema;
  return { ...schema, example: exampleOf(schema, schemas) };
}

/** Gives each field an example that has none of its own, since its type has fields that have. */
function withExamples({ properties = {}, ...schema }: Schema, schemas: Schemas): Schema {
  const fields = Object.entries(properties).map(([name, field]) => [
    name,
    { example: exampleOf(field as Schema, schemas), ...field },
  ]);
  return { ...schema, properties: Object.fromEntries(fields) as Schema['properties'] };
}

/** An object with the examples of all fields that it must have. */
function exampleOf(schema: Schema & { $ref?: string }, schemas: Schemas): unknown {
  if (schema.example !== undefined) return schema.example;
  const { properties = {}, required = [] } = schemas[nameIn(schema)] ?? schema;
  const fields = required.map((name) => [name, exampleOf(properties[name] as Schema, schemas)]);
  return Object.fromEntries(fields);
}

function nameIn({ $ref }: { $ref?: string }): string {
  return $ref?.slice(PREFIX.length) ?? '';
}
