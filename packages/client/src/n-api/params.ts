/** Whom calls are for, and where they go. */
export interface Params {
  /** The service's id. */
  service: string;
  key: string;
  /** Where Nuve or Nuvem answers, as `http://127.0.0.1:3000/`. */
  url: string;
}
