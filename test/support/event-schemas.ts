import { OpenApiDocument, type Schema } from '../hostile/openapi-document.js';
import type { TestApp } from './test-app.js';

interface Document {
  paths: ConstructorParameters<typeof OpenApiDocument>[0]['paths'];
  webhooks: Record<
    string,
    { post: { requestBody: { content: { 'application/json': { schema: Schema } } } } }
  >;
  components: { schemas: Record<string, Schema> };
}

/** The schemas of events as the application documents them, which here are of no more fields than they list. */
export class EventSchemas {
  private readonly document: OpenApiDocument;

  private constructor(private readonly json: Document) {
    const schemas = Object.entries(json.components.schemas).map(([name, schema]) => [
      name,
      schema.properties ? { additionalProperties: false, ...schema } : schema,
    ]);
    const components = { ...json.components, schemas: Object.fromEntries(schemas) as object };
    this.document = new OpenApiDocument({ ...json, components } as Document);
  }

  static async of({ superservice }: TestApp): Promise<EventSchemas> {
    return new EventSchemas((await superservice.get('/openapi.json')).json as Document);
  }

  get types(): string[] {
    return Object.keys(this.json.webhooks);
  }

  /** @returns how an event breaks the schema of its type, if it does */
  misfit(event: { type: string }): string | undefined {
    const { post } = this.json.webhooks[event.type] ?? {};
    if (!post) return `there is no schema of ${event.type}`;
    const misfit = this.document.misfit(post.requestBody.content['application/json'].schema, event);
    return misfit && `${event.type}: ${misfit}: ${JSON.stringify(event)}`;
  }

  /** The same of `Event`, which lists of events are of. */
  misfitOfUnion(event: object): string | undefined {
    return this.document.misfit({ $ref: '#/components/schemas/Event' }, event);
  }
}
