/** What the tests read of the OpenAPI document. */
export interface Document {
  openapi: string;
  info: { version: string };
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    responses: Record<string, Response>;
    securitySchemes: object;
  };
}

interface Operation {
  operationId: string;
  summary?: string;
  tags: string[];
  security: object[];
  parameters: (Described & { name: string; schema: Schema })[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, Response>;
  'x-error-codes': string[];
}

export type DocumentedOperation = Operation & { path: string };

interface Response {
  $ref?: string;
  description?: string;
  headers?: Record<string, object>;
  content?: Record<string, { schema?: Schema }>;
}

interface Described {
  description?: string;
  example?: unknown;
}

interface Schema extends Described {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

type Named<T> = T & { name: string };

export function operationsOf({ paths }: Document): DocumentedOperation[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.values(operations).map((operation) => ({ ...operation, path })),
  );
}

/** Every property of every schema; what is said of a type counts for those that are of it. */
export function fieldsOf({ components: { schemas } }: Document): Named<Described>[] {
  return Object.entries(schemas).flatMap(([schema, { properties = {} }]) =>
    Object.entries(properties).map(([name, property]) => {
      const type = schemas[typeName(property)];
      return { ...type, ...property, name: `${schema}.${name}` };
    }),
  );
}

/** Every parameter of every operation. */
export function parametersOf(document: Document): Named<Described>[] {
  const { schemas } = document.components;
  return operationsOf(document).flatMap(({ operationId, parameters }) =>
    parameters.map(({ name, description, example, schema }) => ({
      description,
      example: example ?? { ...schemas[typeName(schema)], ...schema }.example,
      name: `${operationId} ${name}`,
    })),
  );
}

export function typeName({ $ref }: Schema): string {
  return $ref?.split('/').at(-1) ?? '';
}

/** Every schema of the document, with all those in it. `isNamed` are those that have a name among its components. */
export function schemasOf(document: Document): (Named<Schema> & { isNamed: boolean })[] {
  const operations = operationsOf(document);
  const inline = operations.flatMap(({ operationId, parameters, requestBody, responses }) => [
    ...parameters.map(({ name, schema }) => ({ ...schema, name: `${operationId}.${name}` })),
    ...[requestBody ?? {}, ...Object.values(responses)].flatMap(contentsOf(operationId)),
  ]);
  const shared = Object.entries(document.components.responses).flatMap(([name, response]) =>
    contentsOf(name)(response),
  );
  const named = Object.entries(document.components.schemas);
  return [
    ...[...inline, ...shared].flatMap((schema) => withParts(schema, false)),
    ...named.flatMap(([name, schema]) => withParts({ ...schema, name }, true)),
  ];
}

function contentsOf(name: string): (body: Response) => Named<Schema>[] {
  return ({ content = {} }) =>
    Object.values(content).flatMap(({ schema }) => (schema ? [{ ...schema, name }] : []));
}

function withParts(schema: Named<Schema>, isNamed: boolean): ReturnType<typeof schemasOf> {
  const { name, properties = {}, items, additionalProperties, oneOf, anyOf, allOf } = schema;
  const parts: Named<Schema>[] = [
    ...Object.entries(properties).map(([key, part]) => ({ ...part, name: `${name}.${key}` })),
    ...[items, additionalProperties, oneOf, anyOf, allOf]
      .flat()
      .filter((part) => typeof part === 'object')
      .map((part) => ({ ...part, name: `${name}[]` })),
  ];
  return [{ ...schema, isNamed }, ...parts.flatMap((part) => withParts(part, false))];
}
