// The services as they are now: one snapshot in columns, then what changed, once a second at most. Knows how old it is.
import { get, openSession, Problem, session } from './api';
import { update } from './frame';
import type { Change, Columns, Incident, Overview, State } from './types';

const quietFor = 30_000; // ms without a word until it asks whether the stream still lives
const greyAfter = 15_000; // ms cut off until a state is only the last one known
const tellAfter = 2_500; // ms cut off until it says so: a reconnection within it is nobody's business

type Listener = (changed: ReadonlySet<string> | 'all') => void;

const noColumns: Columns = {
  id: [], name: [], group: [], visibility: [], state: [], reason: [], since: [], checked_at: [], latency_ms: [], uptime_24h: [],
  incident: [], acknowledged: [], muted_until: [],
};

class Live {
  services: Columns = noColumns;
  incidents = new Map<string, Incident>();
  page = '';
  loaded = false;
  problem: Problem | undefined;
  private places = new Map<string, number>();
  private seq = 0;
  private ahead = 0; // s: the server's clock less ours
  private heard = -Infinity;
  private lost: number | undefined; // since when nothing comes in
  private failures = 0;
  private stream: EventSource | undefined;
  private timer = 0;
  private fetching = false;
  private meanwhile: Change[] = []; // came while the snapshot was on its way: it may be older
  private listeners = new Set<Listener>();

  start() {
    void this.fetch();
    setInterval(() => this.tick(), 1000);
    document.addEventListener('visibilitychange', () => document.hidden || this.tick());
  }

  // Called with the names of the columns that changed.
  listen(listener: Listener) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  now = () => Date.now() / 1000 + this.ahead;
  place = (id: string) => this.places.get(id);
  name = (id: string) => this.services.name[this.places.get(id) ?? -1] ?? id;
  state = (id: string): State | undefined => this.services.state[this.places.get(id) ?? -1];
  age = () => (performance.now() - this.heard) / 1000;
  cutOff = () => this.loaded && this.lost !== undefined && performance.now() - this.lost > tellAfter;
  stale = () => this.loaded && this.lost !== undefined && performance.now() - this.heard > greyAfter;

  // An incident as an answer told it, ahead of the stream.
  took(incident: Incident) {
    if (incident.state === 'resolved') this.incidents.delete(incident.id);
    else this.incidents.set(incident.id, incident);
    const place = this.places.get(incident.service);
    if (place !== undefined && this.services.incident[place] === incident.id)
      this.services.acknowledged[place] = incident.acknowledged_at !== null;
    this.tell(new Set(['acknowledged']));
  }

  fetch = async () => {
    if (this.fetching) return;
    this.fetching = true;
    this.meanwhile = [];
    clearTimeout(this.timer);
    try {
      if (!session()) await openSession();
      this.put(await get<Overview>('/api/v1/overview'));
      this.problem = undefined;
      if (!this.stream || this.stream.readyState === EventSource.CLOSED) this.connect();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.problem = problem;
      this.lose();
      this.retry();
    } finally {
      this.fetching = false;
    }
    update();
  };

  private put({ seq, at, page, services, incidents }: Overview) {
    this.services = services;
    this.places = new Map(services.id.map((id, place) => [id, place]));
    this.incidents = new Map(incidents.map((incident) => [incident.id, incident]));
    this.page = page.name;
    this.loaded = true;
    this.hear(seq, at);
    for (const change of this.meanwhile) if (change.seq > seq) this.apply(change);
    this.tell('all');
  }

  private connect() {
    this.stream?.close();
    const stream = new EventSource(`/events?last=${this.seq}`);
    this.stream = stream;
    stream.onopen = () => {
      this.failures = 0;
      this.lost = undefined;
      this.heard = performance.now();
      update();
    };
    stream.addEventListener('change', (event) => this.change(JSON.parse(event.data)));
    stream.addEventListener('reset', () => void this.fetch());
    // The browser tries again by itself, unless it was told no.
    stream.onerror = () => {
      this.lose();
      if (stream.readyState === EventSource.CLOSED) this.retry();
    };
  }

  private change(change: Change) {
    if (change.seq <= this.seq) return;
    if (this.fetching) this.meanwhile.push(change);
    const changed = this.apply(change);
    if (changed) this.tell(changed);
    else void this.fetch();
  }

  // Which columns are others now; nothing: it is about a service that is not known.
  private apply(change: Change) {
    const changed = new Set<string>();
    for (const { id, ...columns } of change.services ?? []) {
      const place = this.places.get(id);
      if (place === undefined) return undefined;
      for (const [name, value] of Object.entries(columns)) {
        const column = this.services[name as keyof Columns] as unknown[] | undefined;
        if (!column) continue;
        column[place] = value;
        changed.add(name);
      }
    }
    for (const incident of change.incidents ?? []) this.incidents.set(incident.id, incident);
    for (const id of change.closed ?? []) this.incidents.delete(id);
    this.hear(change.seq, change.at);
    return changed;
  }

  private hear(seq: number, at: string) {
    this.seq = seq;
    this.ahead = Date.parse(at) / 1000 - Date.now() / 1000;
    this.heard = performance.now();
    this.lost = undefined;
  }

  private lose() {
    this.lost ??= performance.now();
    update();
  }

  private retry() {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.fetch, Math.min(1000 * 2 ** this.failures++, 30_000) * (0.5 + Math.random() / 2));
  }

  // A stream can be dead without an end; then an answer, or none, tells.
  private tick() {
    if (this.loaded && this.age() * 1000 > quietFor && this.stream?.readyState === EventSource.OPEN) void this.fetch();
    update();
  }

  private tell(changed: ReadonlySet<string> | 'all') {
    for (const listener of this.listeners) listener(changed);
    update();
  }
}

export const live = new Live();
