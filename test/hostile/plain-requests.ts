import fc from 'fast-check';
import { breaking, breakingText, isBreakable } from './broken-values.js';
import { goingTogether } from './filters-in-words.js';
import type {
  DocumentedParameter,
  OpenApiDocument,
  Operation,
  Schema,
} from './openapi-document.js';
import type { HostileRequest, Parameter } from './requests.js';
import type { FittingValues } from './schema-values.js';

/** A request in parts, which can be broken one by one. */
interface Parts {
  pick: number;
  query: [name: string, value: string][];
  headers: Record<string, string>;
  body?: unknown;
  scheme: HostileRequest['scheme'];
}

type Break = fc.Arbitrary<{ what: string; apply: (parts: Parts) => Parts }>;

type Named = [name: string, value: fc.Arbitrary<string>];

const TAGS = ['*', '"0"', '"1"', 'W/"1"', '"0", "1", "2"', '"other"'];

/** The requests of a client that keeps to the document, and such with one thing wrong. */
export class PlainRequests {
  constructor(
    private readonly document: OpenApiDocument,
    private readonly fitting: FittingValues,
  ) {}

  valid(operation: Operation): fc.Arbitrary<HostileRequest> {
    return this.parts(operation).map((parts) => assembled(operation, parts, 'valid'));
  }

  /** @returns undefined for an operation of which nothing can be wrong */
  broken(operation: Operation): fc.Arbitrary<HostileRequest> | undefined {
    const breaks = this.breaksOf(operation);
    if (breaks.length === 0) return undefined;
    return fc
      .tuple(this.parts(operation), fc.oneof(...breaks))
      .map(([parts, { what, apply }]) => assembled(operation, apply(parts), 'broken', what));
  }

  private parts(operation: Operation): fc.Arbitrary<Parts> {
    const body = this.document.bodyOf(operation);
    const isNeeded = operation.requestBody?.required !== false;
    return fc
      .record({
        pick: fc.nat(1_000),
        query: this.query(operation),
        headers: this.headers(operation),
        scheme: fc.constantFrom('basic' as const, 'mauth' as const),
        body: body ? this.fitting.of(body) : fc.constant(undefined),
        without: fc.boolean(),
      })
      .map(({ without, ...parts }) => ({
        ...parts,
        body: without && !isNeeded ? undefined : parts.body,
      }));
  }

  private query(operation: Operation): fc.Arbitrary<[string, string][]> {
    const parameters = parametersIn(operation, 'query');
    const values = parameters.map(({ name, schema }): Named => [
      name,
      // Only the server knows one: it is put in when the request is sent.
      name === 'cursor' ? fc.constant('CURSOR') : this.fitting.of(schema, `?${name}`).map(String),
    ]);
    const isRequired = new Set(
      parameters.filter(({ required }) => required).map(({ name }) => name),
    );
    const needed = Object.fromEntries(values.filter(([name]) => isRequired.has(name)));
    const others = values.filter(([name]) => !isRequired.has(name));
    return fc
      .tuple(fc.record(needed), someOf(others), fc.nat(100))
      .map(([always, given, pick]) => Object.entries({ ...always, ...goingTogether(given, pick) }));
  }

  private headers(operation: Operation): fc.Arbitrary<Record<string, string>> {
    return someOf(
      parametersIn(operation, 'header').map(({ name, schema }): Named => [
        name.toLowerCase(),
        this.headerValue(name, schema),
      ]),
    );
  }

  private headerValue(name: string, schema: Schema): fc.Arbitrary<string> {
    if (/^if-/i.test(name)) return fc.constantFrom(...TAGS);
    // Only cursors that the log has given are taken.
    if (/^last-event-id$/i.test(name)) return fc.constant('0');
    // Any key that was used before is another request's.
    return fc
      .tuple(fc.uuid(), this.fitting.of(schema).map(String))
      .map(([id, text]) => (text.startsWith('"') ? `"${id}${text.slice(1)}` : id + text))
      .filter((key) => this.document.misfit(schema, key) === undefined);
  }

  private breaksOf(operation: Operation): Break[] {
    return [
      ...this.breaksOfQuery(operation),
      ...this.breaksOfHeaders(operation),
      ...this.breaksOfBody(operation),
    ];
  }

  private breaksOfQuery(operation: Operation): Break[] {
    const parameters = parametersIn(operation, 'query');
    if (parameters.length === 0) return [];
    const [first] = parameters;
    const unknown = fc.constantFrom(
      'limits',
      'Limit',
      'limit[]',
      'name[$ne]',
      '__proto__',
      '$where',
      'x',
    );
    return [
      unknown.map((name) => ({
        what: `parameter ${name}`,
        apply: (parts) => ({ ...parts, query: [...parts.query, [name, '1']] }),
      })),
      fc.constant({
        what: `${first?.name} twice`,
        apply: (parts) => ({
          ...parts,
          query: [
            ...parts.query.filter(([name]) => name !== first?.name),
            [first?.name ?? '', '1'],
            [first?.name ?? '', '2'],
          ],
        }),
      }),
      ...parameters
        .filter(({ schema }) => isBreakable(schema, this.document))
        .map(({ name, schema }) =>
          breakingText(schema, this.document).map((value) => ({
            what: `parameter ${name}`,
            apply: (parts: Parts): Parts => ({
              ...parts,
              query: [...parts.query.filter(([other]) => other !== name), [name, value]],
            }),
          })),
        ),
    ];
  }

  private breaksOfHeaders(operation: Operation): Break[] {
    return parametersIn(operation, 'header')
      .filter(({ schema }) => isBreakable(schema, this.document))
      .map(({ name, schema }) =>
        breakingText(schema, this.document)
          .filter((value) => /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value))
          .map((value) => ({
            what: `header ${name}`,
            apply: (parts) => ({
              ...parts,
              headers: { ...parts.headers, [name.toLowerCase()]: value },
            }),
          })),
      );
  }

  private breaksOfBody(operation: Operation): Break[] {
    const schema = this.document.bodyOf(operation);
    if (!schema) return [];
    const { properties = {}, required = [] } = schema;
    const withBody =
      (change: (body: object) => unknown) =>
      (parts: Parts): Parts => ({
        ...parts,
        body: change((parts.body ?? {}) as object),
      });
    const unknown = fc.constantFrom('extra', 'Name', '$set', '_id', 'constructor', 'options', '');
    const others = fc.constantFrom<unknown>(null, [], [{}], 'text', 1, true, '');
    return [
      others.map((value) => ({ what: 'no object', apply: withBody(() => value) })),
      fc.tuple(unknown, fc.jsonValue()).map(([name, value]) => ({
        what: `field ${name}`,
        apply: withBody((body) => ({ ...body, [name]: value })),
      })),
      fc
        .constantFrom('text/plain', 'application/x-www-form-urlencoded', 'text/json')
        .map((type) => ({
          what: 'type of the body',
          apply: (parts) => ({
            ...withBody((body) => body)(parts),
            headers: { ...parts.headers, 'content-type': type },
          }),
        })),
      ...required.map((name) =>
        fc.constant({
          what: `no ${name}`,
          apply: withBody((body) =>
            Object.fromEntries(Object.entries(body).filter(([field]) => field !== name)),
          ),
        }),
      ),
      ...(operation.requestBody?.required
        ? [fc.constant({ what: 'no body', apply: withBody(() => undefined) })]
        : []),
      ...Object.entries(properties).map(([name, property]) =>
        breaking(property, this.document, this.fitting).map((value) => ({
          what: `field ${name}`,
          apply: withBody((body) => ({ ...body, [name]: value })),
        })),
      ),
    ];
  }
}

/** Some of these values, by name. */
function someOf(values: Named[]): fc.Arbitrary<Record<string, string>> {
  const pairs = values.map(([name, value]) => value.map((text) => [name, text] as const));
  return fc.subarray(pairs).chain((some) => fc.tuple(...some).map(Object.fromEntries<string>));
}

function parametersIn({ parameters }: Operation, place: string): DocumentedParameter[] {
  return parameters.filter((parameter) => parameter.in === place);
}

function assembled(
  operation: Operation,
  { pick, query, headers, body, scheme }: Parts,
  kind: HostileRequest['kind'],
  wrong?: string,
): HostileRequest {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const { method, path } = operation;
  const parameters = Array.from(path.match(/{\w+}/g) ?? [], (): Parameter => ({
    kind: 'own',
    pick,
  }));
  const pairs = query.map((pair) => pair.map(encodeURIComponent).join('='));
  return {
    operation,
    kind,
    regular: true,
    method,
    path,
    query: pairs.length > 0 ? `?${pairs.join('&')}` : '',
    parameters,
    ...(text !== undefined && { body: text }),
    headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
    signer: 'allowed',
    scheme,
    ...(wrong !== undefined && { wrong }),
  };
}
