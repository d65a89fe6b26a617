/** A setting that is missing or wrong. Names variables and rules, never values. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}
