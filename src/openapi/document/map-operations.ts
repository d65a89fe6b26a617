import type { OpenAPIObject } from '@nestjs/swagger';

type PathItem = OpenAPIObject['paths'][string];

export type Components = NonNullable<OpenAPIObject['components']>;
export type Operation = NonNullable<PathItem['get']>;
export type Responses = Operation['responses'];
export type Parameter = Extract<NonNullable<Operation['parameters']>[number], { name: string }>;
export type Header = Exclude<NonNullable<Components['headers']>[string], { $ref: string }>;
export type Schema = Exclude<NonNullable<Components['schemas']>[string], { $ref: string }>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Whether a path belongs to Nuvem's own API, as against Nuve's routes and the probes. */
export const isOfV1 = (path: string): boolean => path.startsWith('/v1/');

/** Puts in the place of every operation what a function makes of it. */
export function mapOperations(
  document: OpenAPIObject,
  change: (operation: Operation, path: string) => Operation,
): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const changed = { ...item };
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) changed[method] = change(operation, path);
    }
    return [path, changed];
  });
  return { ...document, paths: Object.fromEntries(paths) as OpenAPIObject['paths'] };
}

/** Every operation with its path. */
export function operationsOf({ paths }: OpenAPIObject): { path: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ path, operation }] : [];
    }),
  );
}

/** Adds components to those that are there. */
export function withComponents(document: OpenAPIObject, added: Components): OpenAPIObject {
  const components: Record<string, object> = { ...document.components };
  for (const [kind, entries] of Object.entries(added)) {
    components[kind] = { ...components[kind], ...(entries as object) };
  }
  return { ...document, components };
}
