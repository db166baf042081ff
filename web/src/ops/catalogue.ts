// Which rows of the overview are shown, and in which order. Names are put in order once for each snapshot, so that ten thousand rows sort by
// comparing numbers.
import { live } from './live';
import { states, type Columns, type State } from './types';

export const sorts = ['state', 'name', 'since', 'latency', 'uptime', 'checked'] as const;
export type Sort = (typeof sorts)[number];

export interface Choice {
  states: Set<State>; // empty: all
  words: string;
  sort: Sort;
  descending: boolean;
  grouped: boolean;
}

// A row, or the heading of a group.
export type Line = number | { group: string; count: number; bad: number };

let ranks: Int32Array;
let byName: number[]; // places in the order of their ranks
let groups: Int32Array;
let texts: string[];

export function learn() {
  const { id, name, group } = live.services;
  const collator = new Intl.Collator('en', { numeric: true });
  ranks = new Int32Array(id.length);
  byName = [...name.keys()].sort((a, b) => collator.compare(name[a], name[b]) || (id[a] < id[b] ? -1 : 1));
  byName.forEach((place, rank) => (ranks[place] = rank));
  // Groups in the order of the config, what has none last.
  const known = new Map<string | null, number>();
  for (const one of group) if (one && !known.has(one)) known.set(one, known.size);
  groups = Int32Array.from(group, (one) => (one ? known.get(one)! : known.size));
  texts = id.map((one, place) => `${name[place]}\n${one}\n${group[place] ?? ''}`.toLowerCase());
}

export function counts() {
  const found: Record<State, number> = { down: 0, degraded: 0, unknown: 0, maintenance: 0, up: 0 };
  for (const state of live.services.state) ++found[state];
  return found;
}

const severity: Record<State, number> = { down: 0, degraded: 1, unknown: 2, maintenance: 3, up: 4 };

function keyOf(sort: Sort): (place: number) => number {
  const { state, since, latency_ms, uptime_24h, checked_at } = live.services;
  const known = (value: number | null) => value ?? Infinity; // what nobody knows is last
  switch (sort) {
    case 'state': return (place) => severity[state[place]];
    case 'name': return (place) => ranks[place];
    case 'since': return (place) => -known(since[place]);
    case 'latency': return (place) => known(latency_ms[place]);
    case 'uptime': return (place) => known(uptime_24h[place]);
    case 'checked': return (place) => -known(checked_at[place]);
  }
}

// Whether the choice's rows or their order can be others by these columns.
export function depends({ states: wanted, sort }: Choice, changed: ReadonlySet<string>) {
  return (wanted.size > 0 && changed.has('state')) || changed.has(columnOf[sort]);
}

const columnOf: Record<Sort, keyof Columns> = {
  state: 'state', name: 'name', since: 'since', latency: 'latency_ms', uptime: 'uptime_24h', checked: 'checked_at',
};

export function select(choice: Choice): number[] {
  const wanted = choice.words.toLowerCase().split(/\s+/).filter(Boolean);
  const { state } = live.services;
  const found: number[] = [];
  for (const place of byName) {
    if (choice.states.size && !choice.states.has(state[place])) continue;
    if (wanted.every((word) => texts[place].includes(word))) found.push(place);
  }
  const key = keyOf(choice.sort);
  const keys = new Float64Array(texts.length);
  for (const place of found) keys[place] = key(place);
  const way = choice.descending ? -1 : 1;
  if (choice.sort === 'name' && !choice.descending && !choice.grouped) return found;
  // What is equal stays in the order of names.
  return found.sort((a, b) => (choice.grouped ? groups[a] - groups[b] : 0) || (keys[a] === keys[b] ? 0 : way * (keys[a] - keys[b])));
}

// The rows with a heading before each group.
export function lines(rows: number[], grouped: boolean): Line[] {
  if (!grouped) return rows;
  const found: Line[] = [];
  let heading: { group: string; count: number; bad: number } | undefined;
  let last = -1;
  for (const place of rows) {
    if (groups[place] !== last) {
      last = groups[place];
      heading = { group: live.services.group[place] ?? 'No group', count: 0, bad: 0 };
      found.push(heading);
    }
    ++heading!.count;
    if (severity[live.services.state[place]] < 2) ++heading!.bad;
    found.push(place);
  }
  return found;
}

export function readChoice(query: URLSearchParams): Choice {
  const sort = (query.get('sort') ?? 'state').replace(/^-/, '') as Sort;
  return {
    states: new Set((query.get('state') ?? '').split(',').filter((word): word is State => states.includes(word as State))),
    words: query.get('q') ?? '',
    sort: sorts.includes(sort) ? sort : 'state',
    descending: query.get('sort')?.startsWith('-') ?? false,
    grouped: query.get('group') === '1',
  };
}

export function writeChoice(choice: Choice): URLSearchParams {
  const query = new URLSearchParams();
  if (choice.states.size) query.set('state', [...choice.states].join(','));
  if (choice.words) query.set('q', choice.words);
  if (choice.sort !== 'state' || choice.descending) query.set('sort', (choice.descending ? '-' : '') + choice.sort);
  if (choice.grouped) query.set('group', '1');
  return query;
}
