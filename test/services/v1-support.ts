import { expect } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';

export interface Service {
  id: string;
  key: string;
  createdAt: string;
  updatedAt: string;
}

export async function createService(
  superservice: ApiClient,
  fields: object = {},
): Promise<Service> {
  const answer = await superservice.post('/v1/services', { name: 'acme', ...fields });
  expect(answer.status).toBe(201);
  return answer.json as Service;
}

export const pathOf = ({ id }: Service): string => `/v1/services/${id}`;

export const ifMatch = (etag: string): { headers: Record<string, string> } => ({
  headers: { 'if-match': etag },
});
