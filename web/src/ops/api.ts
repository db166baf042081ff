// Asks the API: the session's CSRF token on every write, one new try when it had changed, and a problem for all that fails.
import { update } from './frame';
import type { Session } from './types';

export interface FieldError {
  parameter: string;
  detail: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: nobody answered
    readonly detail: string,
    readonly errors: FieldError[] = [],
    readonly request: string | null = null,
  ) {
    super(detail);
  }
}

const patience = 15_000; // ms
const unsure = new Map<string, string>(); // requests of which nobody knows whether they counted, and their keys
let known: Session | undefined;

export const session = () => known;
const rank = { viewer: 0, operator: 1, admin: 2 };
export const may = (role: Session['role']) => known !== undefined && rank[known.role] >= rank[role];

export async function openSession() {
  known = await get<Session>('/api/v1/session');
  update();
  return known;
}

export const get = <T>(path: string) => ask<T>('GET', path);
export const send = <T>(method: 'POST' | 'DELETE', path: string, body?: unknown) => ask<T>(method, path, body);

// Drafts are in the session's storage by the time that this leaves the page.
export function toLogin() {
  location.assign(`/ops/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

async function ask<T>(method: string, path: string, body?: unknown, again = true): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET' && known) headers['X-CSRF-Token'] = known.csrf;
  const text = body === undefined ? null : JSON.stringify(body);
  if (text !== null) headers['Content-Type'] = 'application/json';
  // The same asked again after an answer that got lost counts once.
  const same = `${method} ${path} ${text}`;
  if (method === 'POST') headers['Idempotency-Key'] = unsure.get(same) ?? newKey();
  let answer: Response;
  try {
    answer = await fetch(path, {
      method, headers, body: text, cache: 'no-store', credentials: 'same-origin',
      signal: AbortSignal.timeout(patience),
    });
  } catch {
    if (method === 'POST') unsure.set(same, headers['Idempotency-Key']);
    throw new Problem(0, 'AllClear cannot be reached. Nothing was lost; try again.');
  }
  if (answer.status === 503 && method === 'POST') unsure.set(same, headers['Idempotency-Key']);
  else unsure.delete(same);
  if (answer.ok) return (answer.status === 204 ? undefined : await read(answer)) as T;
  if (answer.status === 401) toLogin();
  const problem = await problemOf(answer);
  if (answer.status === 403 && method !== 'GET' && again && (await renewed())) return ask(method, path, body, false);
  throw problem;
}

const newKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('');

async function read(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    throw new Problem(answer.status, 'The answer was cut short.');
  }
}

// Whether the session has another CSRF token than the one that was refused.
async function renewed() {
  const before = known?.csrf;
  try {
    return (await openSession()).csrf !== before;
  } catch {
    return false;
  }
}

async function problemOf(answer: Response) {
  const request = answer.headers.get('x-request-id');
  try {
    const { detail, title, errors } = await answer.json();
    return new Problem(answer.status, sentence(detail || title), errors ?? [], request);
  } catch {
    return new Problem(answer.status, `The answer was ${answer.status} ${answer.statusText}.`.replace(' .', '.'), [], request);
  }
}

function sentence(text: string) {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
