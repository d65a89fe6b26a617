import type { TransformFnParams } from 'class-transformer';
import { ValidateBy } from 'class-validator';

/** Origins that browsers may call from: all of them, or these, as browsers write them. */
export type CorsOrigin = '*' | string[];

/** What is no origin stays as it is, for the validator to refuse. */
export function toCorsOrigin({ value }: TransformFnParams): unknown {
  if (typeof value !== 'string' || value === '*') return value;
  return value.split(',').map((part) => originOf(part.trim()) ?? part);
}

export const IsCorsOrigin = (): PropertyDecorator =>
  ValidateBy({
    name: 'isCorsOrigin',
    validator: {
      validate: (value) =>
        value === '*' || (Array.isArray(value) && value.every((part) => originOf(part) === part)),
      defaultMessage: () => 'must be * or a list of origins such as https://app.example.com',
    },
  });

/**
 * As a browser sends it in `Origin`: without the slash at the end, in lower case, without the port that goes without
 * saying. Undefined for a URL with a path and for a pattern: neither would ever match.
 */
function originOf(text: string): string | undefined {
  // What pages of files and of sandboxes send.
  if (text === 'null') return text;
  if (!URL.canParse(text) || text.includes('*')) return undefined;
  const { protocol, host, href } = new URL(text);
  const origin = `${protocol}//${host}`;
  return host !== '' && (href === origin || href === `${origin}/`) ? origin : undefined;
}
