/** A service's id and key, as `POST /services` gave them. */
export interface Credentials {
  serviceId: string;
  key: string;
}
