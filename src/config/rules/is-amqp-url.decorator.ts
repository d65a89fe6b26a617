import { ValidateBy } from 'class-validator';

/** Whether the driver can read it: it throws for anything else, each time it tries to connect. */
function isAmqpUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  try {
    const { protocol, username, password, pathname } = new URL(value);
    for (const part of [username, password, pathname]) decodeURIComponent(part);
    return protocol === 'amqp:' || protocol === 'amqps:';
  } catch {
    return false;
  }
}

export const IsAmqpUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'isAmqpUrl',
    validator: {
      validate: isAmqpUrl,
      defaultMessage: () => 'must be an amqp:// or amqps:// URL, with %40 for an @ in the password',
    },
  });
