/** A request as Swagger UI keeps it, in an Immutable map. */
export interface ShownRequest {
  get(name: 'url' | 'method'): string;
  get(name: 'headers'): { entries(): Iterable<[string, string]> } | undefined;
  get(name: 'body'): unknown;
}

/**
 * The request as a command for bash, zsh and their like. Swagger UI's own leaves what begins with a dash, a slash or an
 * underscore without quotes, and sends a body that begins with @ as the name of a file.
 */
export function curlCommand(request: ShownRequest): string {
  const body = request.get('body');
  const parts = [
    `curl -X ${quoted(request.get('method'))}`,
    quoted(request.get('url')),
    ...Array.from(
      request.get('headers')?.entries() ?? [],
      ([name, value]) => `-H ${quoted(`${name}: ${value}`)}`,
    ),
    ...(typeof body === 'string' ? [`--data-raw ${quoted(body)}`] : []),
  ];
  return parts.join(' \\\n  ');
}

/** Nothing has a meaning between single quotes but the next one. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
