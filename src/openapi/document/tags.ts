/** In the order in which the page shows them: what a newcomer needs, then what runs it, then what Licode's clients need. */
export const TAGS = [
  { name: 'rooms', description: 'Where participants meet' },
  { name: 'tokens', description: 'Leave to enter a room, once' },
  { name: 'bans', description: 'Who is kept out, of a room or of all of them' },
  { name: 'participants', description: 'Who is in a room, and was' },
  { name: 'services', description: 'Tenants and nodes, and their keys' },
  {
    name: 'nodes',
    description: 'Media-signalling servers, which hold the rooms; which of them a room gets',
  },
  { name: 'events', description: 'What happened, in order and without a gap' },
  { name: 'webhooks', description: 'What happens, sent to you' },
  { name: 'activity', description: 'What happens, live' },
  { name: 'health', description: 'For load balancers and supervisors; which version this is' },
  {
    name: 'Licode compatibility',
    description:
      'The routes of Nuve, byte for byte, for the clients of Licode. They take MAuth alone, and answer text where ' +
      'Nuve does. New programs use /v1.',
  },
] as const;
