/** A setting that is missing or wrong. Names variables and rules, never values. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}

/** The secrets of this start do not open what the database holds; nothing was sealed with them. */
export class WrongSecretsError extends ConfigurationError {}
