/** What a tenant gives with a token, for its node and its events. */
export type Metadata = Record<string, unknown>;

/** What it may take as JSON, in bytes. */
export const MAX_METADATA_BYTES = 4096;

/** As it is stored. */
export function metadataText(metadata: Metadata): string {
  return JSON.stringify(metadata);
}

/** From the text that is stored. */
export function metadataOf(text: string): Metadata {
  return JSON.parse(text) as Metadata;
}
