interface Schema {
  $ref?: string;
  example?: unknown;
}

interface Parameter {
  example?: unknown;
  schema?: Schema;
}

/** What the page reads of the OpenAPI document. */
export interface Spec {
  servers: { url: string }[];
  paths: Record<string, Record<string, { parameters?: Parameter[] }>>;
  components: { schemas: Record<string, Schema> };
}

/**
 * The document for Swagger UI, which fills every parameter in with its example: what lists filter by, all at once, and
 * versions that nobody has read.
 */
export function prepareSpec(spec: Spec, api: URL): Spec {
  for (const operations of Object.values(spec.paths)) {
    for (const { parameters = [] } of Object.values(operations)) {
      for (const parameter of parameters) {
        const name = parameter.schema?.$ref?.split('/').at(-1) ?? '';
        parameter.schema = { ...(spec.components.schemas[name] ?? parameter.schema) };
        delete parameter.schema.example;
        delete parameter.example;
      }
    }
  }
  return { ...spec, servers: [{ url: api.href }] };
}
