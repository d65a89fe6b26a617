/** An answer as it was sent, but for the headers that every answer has. */
export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}
