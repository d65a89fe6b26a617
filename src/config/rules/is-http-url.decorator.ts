import { ValidateBy } from 'class-validator';

/**
 * A field that holds an http:// or https:// URL without credentials, query and fragment.
 *
 * @param options.path whether it may have a path
 */
export function IsHttpUrl({ path = true }: { path?: boolean } = {}): PropertyDecorator {
  return ValidateBy({
    name: 'isHttpUrl',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isHttpUrl(value, path),
      defaultMessage: () =>
        `must be an http:// or https:// URL${path ? '' : ' of a host and port alone'}`,
    },
  });
}

function isHttpUrl(text: string, path: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, pathname } = new URL(text);
  return (
    ['http:', 'https:'].includes(protocol) &&
    username + password === '' &&
    !/[?#]/.test(text) &&
    (path || pathname === '/')
  );
}
