import { ValidateBy } from 'class-validator';

const MAX_LENGTH = 2048;

/**
 * http or https, any host (nodes live on private networks) and path. No user and password, which would be
 * shown to whoever lists nodes; no query or fragment, which the paths appended would end up in.
 */
function isControlUrl(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  const plain = username === '' && password === '' && !/[?#\s]/.test(value);
  return plain && (protocol === 'http:' || protocol === 'https:') && /^https?:\/\//i.test(value);
}

export const IsControlUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'isControlUrl',
    validator: {
      validate: isControlUrl,
      defaultMessage: () =>
        'controlUrl must be an http or https URL without credentials, query and fragment',
    },
  });
