// The shapes of the API's answers, as openapi.yaml describes them.

export const states = ['down', 'degraded', 'unknown', 'maintenance', 'up'] as const; // the worst first
export type State = (typeof states)[number];
export type Role = 'viewer' | 'operator' | 'admin';

export interface Session {
  user: string;
  role: Role;
  csrf: string;
  expires_at: string | null;
  demo: boolean;
}

// One array for each member; times are Unix seconds.
export interface Columns {
  id: string[];
  name: string[];
  group: (string | null)[];
  visibility: ('public' | 'internal')[];
  state: State[];
  reason: string[];
  since: (number | null)[];
  checked_at: (number | null)[];
  latency_ms: (number | null)[];
  uptime_24h: (number | null)[];
  incident: (string | null)[];
  acknowledged: boolean[];
  muted_until: (number | null)[];
}

export interface Overview {
  seq: number;
  at: string;
  page: { name: string };
  services: Columns;
  incidents: Incident[];
}

export interface Change {
  seq: number;
  at: string;
  services?: ({ id: string } & { [Name in keyof Columns]?: Columns[Name][number] })[];
  incidents?: Incident[];
  closed?: string[];
}

export type IncidentState = 'investigating' | 'identified' | 'monitoring' | 'resolved';

export interface Incident {
  id: string;
  service: string;
  affects: string[];
  title: string;
  severity: 'minor' | 'major' | 'critical';
  state: IncidentState;
  started_at: string;
  ended_at: string | null;
  duration_s: number | null;
  reason: string;
  updates: { at: string; state: IncidentState; body: string }[];
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  reopened: number;
  diagnosis: string | null;
}

export interface TimelineEntry {
  ordinal: number;
  at: string;
  step: string;
  state: IncidentState;
  body: string;
  evidence: string;
  author: string | null;
}

export interface WholeIncident extends Incident {
  timeline: TimelineEntry[];
}

export interface CheckDetail {
  id: string;
  kind: string;
  target: string;
  role: string | null;
  location: string;
  interval_s: number;
  timeout_s: number | null;
  degraded_above_ms: number | null;
  state: State;
  since: string | null;
  reason: string;
  last_checked_at: string | null;
  latency_ms: number | null;
  phases_ms: Partial<Record<Phase, number>> | null;
  error: string | null;
}

export interface ServiceDetail {
  id: string;
  name: string;
  group: string | null;
  visibility: 'public' | 'internal';
  state: State;
  since: string | null;
  reason: string;
  last_checked_at: string | null;
  latency_ms: number | null;
  source: string;
  depends_on: string[];
  alerts: string[];
  enabled: boolean;
  uptime: Record<'24h' | '7d' | '30d' | '90d', number | null>;
  incident: Incident | null;
  muted_until: string | null;
  checks: CheckDetail[];
}

export const phases = ['dns', 'connect', 'tls', 'first_byte', 'transfer'] as const;
export type Phase = (typeof phases)[number];
export const phaseWords: Record<Phase, string> = { dns: 'DNS', connect: 'Connect', tls: 'TLS', first_byte: 'First byte', transfer: 'Body' };
type Values = (number | null)[];

export interface CheckSeries {
  check: string | null; // null: all checks of the service together
  location: string | null;
  threshold_ms: number | null;
  t: number[];
  count: Values;
  failed: Values;
  p50_ms: Values;
  p95_ms: Values;
  p99_ms: Values;
  phases_ms: Record<Phase, Values> | null;
}

export interface Series {
  service: string;
  range: string;
  step_s: number;
  checks: CheckSeries[];
}

export interface Maintenance {
  id: string;
  title: string;
  services: string[];
  state: 'scheduled' | 'in_progress' | 'completed';
  starts_at: string;
  ends_at: string;
  repeats: boolean;
  planned_by: string | null;
}

export interface Alert {
  id: string;
  incident: string;
  service: string;
  step: string;
  channel: string;
  state: 'owed' | 'sending' | 'sent' | 'dead';
  created_at: string;
  due_at: string | null;
  replayed_at: string | null;
  try_count: number;
  last_answer: string | null;
  tries: { number: number; at: string; outcome: 'sent' | 'retry_after' | 'rejected'; answer: string }[];
}

export interface Token {
  id: string;
  name: string;
  kind: 'api' | 'ping';
  state: 'active' | 'expired' | 'revoked';
  scopes: string[];
  service: string | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}
