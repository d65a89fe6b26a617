/** What the API answers, as far as the console shows it. */
export interface Page<T> {
  items: T[];
  /** Where the next page begins, if there is one. */
  next: string | null;
}

export interface Service {
  id: string;
  name: string;
  role: 'superservice' | 'tenant' | 'node';
}

export interface Room {
  id: string;
  name: string;
  p2p: boolean;
  maxParticipants?: number;
  status: 'scheduled' | 'open' | 'active' | 'closing' | 'closed';
  endsAt?: string;
  closeReason?: string;
}

export interface Participant {
  userName: string;
  role: string;
}

export interface Session {
  sessionId: string;
  userName: string;
  role?: string;
  joinedAt: string;
  leftAt?: string;
  reason?: string;
}

export interface Ban {
  id: string;
  userName?: string;
  userId?: string;
  until?: string;
  reason?: string;
  createdAt: string;
}

export interface NewBan {
  userName: string;
  until?: string;
  reason?: string;
}

export interface Webhook {
  id: string;
  url: string;
  types: string[];
  description?: string;
  enabled: boolean;
  disabledReason?: string;
  failingSince?: string;
}

export interface Delivery {
  id: string;
  eventId: string;
  type: string;
  status: 'pending' | 'delivered' | 'failed';
  attempts: { at: string; status?: number; error?: string }[];
  nextAttemptAt?: string;
}

export interface WebhookTest {
  delivered: boolean;
  status?: number;
  error?: string;
}

export interface LoggedEvent {
  id: string;
  type: string;
  timestamp: string;
  roomId?: string;
  data: Record<string, unknown>;
}

export interface SignallingNode {
  id: string;
  ip: string;
  hostname: string;
  port: number;
  state: 0 | 1 | 2;
  alive: boolean;
  draining: boolean;
  region?: string;
  load?: number;
  lastSeenAt: string;
}

export interface Snapshot {
  intervalMs: number;
  activity: { at: number; issued: number; refused: number; redeemed: number }[];
  roomsVersion: string;
  nodes: SignallingNode[];
}
