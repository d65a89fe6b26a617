import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface Reference {
  $ref?: string;
}

/** What is read of a schema, as OpenAPI 3.0 (`nullable`) or 3.1 (`type` as a list) writes it. */
export interface Schema extends Reference {
  type?: string | string[];
  anyOf?: Schema[];
  nullable?: boolean;
  enum?: unknown[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  format?: string;
  pattern?: string;
  example?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minProperties?: number;
  maxProperties?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
}

export interface DocumentedParameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

export interface DocumentedResponse extends Reference {
  content?: Record<string, { schema?: Schema }>;
  headers?: Record<string, Reference & { schema?: Schema }>;
}

export interface Operation {
  /** Method and path. */
  name: string;
  method: string;
  path: string;
  parameters: DocumentedParameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, DocumentedResponse>;
  errorCodes: string[];
}

interface Json {
  paths: Record<string, Record<string, Partial<Operation> & { 'x-error-codes'?: string[] }>>;
}

/** An OpenAPI document: its operations, what a reference leads to, and whether a value fits a schema. */
export class OpenApiDocument {
  private readonly ajv = new Ajv2020({ strict: false });
  /** By the text of their schema. */
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly json: Json) {
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.ajv);
    this.ajv.addSchema(json, 'openapi');
  }

  operations(): Operation[] {
    return Object.entries(this.json.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([verb, operation]) => {
        const method = verb.toUpperCase();
        return {
          responses: {},
          ...operation,
          parameters: (operation.parameters ?? []).map((parameter) => this.resolve(parameter)),
          name: `${method} ${path}`,
          method,
          path,
          errorCodes: operation['x-error-codes'] ?? [],
        };
      }),
    );
  }

  /** What stands at a reference, with what stands beside it. */
  resolve<T extends object>(value: T & Reference): T {
    if (value.$ref === undefined) return value;
    const { $ref, ...beside } = value;
    let target: unknown = this.json;
    for (const step of $ref.split('/').slice(1)) {
      const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      target = (target as Record<string, unknown>)[name];
    }
    return { ...this.resolve(target as T & Reference), ...beside } as T;
  }

  /** The schema of what an operation takes as JSON, if it takes any. */
  bodyOf({ requestBody }: Operation): Schema | undefined {
    const schema = requestBody?.content['application/json']?.schema;
    return schema && this.resolve(schema);
  }

  /** @returns how the value breaks the schema, if it does */
  misfit(schema: Schema, value: unknown): string | undefined {
    const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/');
    let validator = this.validators.get(text);
    if (!validator) {
      validator = this.ajv.compile(JSON.parse(text) as object);
      this.validators.set(text, validator);
    }
    return validator(value) ? undefined : this.ajv.errorsText(validator.errors);
  }
}
