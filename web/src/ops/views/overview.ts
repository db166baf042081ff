// All services at a glance: counts that filter, what needs attention, and one table at every scale.
import { html, nothing } from 'lit-html';
import { live as asShown } from 'lit-html/directives/live.js';
import { acknowledge } from '../acts';
import { counts, depends, learn, lines, readChoice, select, writeChoice, type Choice, type Sort } from '../catalogue';
import { afterDrawing, update } from '../frame';
import { count, plural } from '../format';
import { live } from '../live';
import { attention } from '../parts/attention';
import { Bulk } from '../parts/bulk';
import { Rows } from '../parts/rows';
import { icon, stateWord } from '../parts/signs';
import { empty, failed, skeleton } from '../resource';
import { go, rename, type View } from '../router';
import { states, type State } from '../types';

const columns: [Sort | '', string, string][] = [
  ['state', 'State', 'is'], ['name', 'Service', 'name'], ['since', 'For', 'for'], ['latency', 'Latency', 'num latency'],
  ['uptime', 'Uptime 24 h', 'num uptime'], ['checked', 'Checked', 'num checked'], ['', 'Incident', 'inc'],
];

// Somebody points at the table or is in it by keyboard.
const occupied = () => document.querySelector('#table:is(:hover, :focus-within)') !== null;

export class OverviewView implements View {
  section = 'overview';
  private choice: Choice;
  private order: number[] = [];
  private rows = new Rows((id, on) => this.pick(id, on));
  private bulk = new Bulk(this.rows.picked);
  private behind = false; // the order is not that of the newest states: somebody is at the table
  private stop: () => void;
  private moved = () => update();

  constructor(query: URLSearchParams) {
    this.choice = readChoice(query);
    this.stop = live.listen((changed) => this.changed(changed));
    addEventListener('scroll', this.moved, { passive: true });
    addEventListener('resize', this.moved);
    if (live.loaded) this.changed('all');
  }

  leave() {
    this.stop();
    removeEventListener('scroll', this.moved);
    removeEventListener('resize', this.moved);
  }

  title() {
    const bad = live.loaded ? counts() : undefined;
    return bad?.down ? `${count(bad.down)} down` : 'Overview';
  }

  private changed(changed: ReadonlySet<string> | 'all') {
    if (changed === 'all') learn();
    else if (!depends(this.choice, changed)) return;
    // Nothing is reordered under the pointer or the focus.
    if (changed !== 'all' && occupied()) this.behind = true;
    else this.sort();
  }

  private sort() {
    const at = this.rows.lines[this.rows.current];
    this.behind = false;
    this.order = select(this.choice);
    this.rows.grouped = this.choice.grouped;
    this.rows.lines = lines(this.order, this.choice.grouped);
    this.rows.current = typeof at === 'number' ? this.rows.lines.indexOf(at) : -1;
  }

  private choose(change: Partial<Choice>) {
    Object.assign(this.choice, change);
    rename(writeChoice(this.choice));
    this.sort();
    update();
  }

  private pick(id: string, on: boolean) {
    on ? this.rows.picked.add(id) : this.rows.picked.delete(id);
    update();
  }

  drawn() {
    this.rows.drawn();
  }

  // --- keys
  key(event: KeyboardEvent): boolean {
    const { lines, current } = this.rows;
    const place = lines[current];
    switch (event.key) {
      case '/':
        document.querySelector<HTMLInputElement>('#search')?.focus();
        return true;
      case 'j':
      case 'k':
        return this.step(event.key === 'j' ? 1 : -1);
      case 'Enter':
        // A focused link or button does what it does.
        if (typeof place !== 'number' || (event.target as Element).closest('a, button, input, select, summary')) return false;
        go(`/ops/services/${live.services.id[place]}`);
        return true;
      case 'x':
        if (typeof place === 'number') this.pick(live.services.id[place], !this.rows.picked.has(live.services.id[place]));
        return true;
      case 'a': {
        const incident = typeof place === 'number' ? live.services.incident[place] : null;
        if (incident) void acknowledge(incident);
        return true;
      }
    }
    return false;
  }

  private step(way: number) {
    const { lines } = this.rows;
    let at = this.rows.current;
    do at += way;
    while (at >= 0 && at < lines.length && typeof lines[at] !== 'number');
    if (at < 0 || at >= lines.length) return true;
    this.rows.current = at;
    this.rows.reveal(at);
    afterDrawing(() => this.rows.focus(at));
    return true;
  }

  // --- what is seen
  render() {
    if (!live.loaded) return html`<h1 tabindex="-1">Overview</h1>${live.problem ? failed(live.problem, live.fetch) : skeleton(8)}`;
    if (this.behind && !occupied()) this.sort();
    const found = counts();
    const total = live.services.id.length;
    return html`<h1 tabindex="-1" class="vh">Overview</h1>
      <div class="counts" role="group" aria-label="Filter by state">
        <button type="button" class="count" aria-pressed=${!this.choice.states.size} @click=${() => this.choose({ states: new Set() })}>
          <b>${count(total)}</b><span>All services</span>
        </button>
        ${states.map((state) => this.counter(state, found[state]))}
      </div>
      ${attention()}
      <section aria-labelledby="services">
        <div class="heading"><h2 id="services">Services</h2>${this.told()}</div>
        ${total ? [this.tools(), this.bulk.render(this.rows.picked.size), this.table()] : empty('No services yet.', html`<p>Name them below <code>services:</code> in the config file; it is read again when it changes.</p>`)}
      </section>`;
  }

  private counter(state: State, number: number) {
    const chosen = this.choice.states.has(state);
    const toggle = () => {
      const wanted = new Set(this.choice.states);
      chosen ? wanted.delete(state) : wanted.add(state);
      this.choose({ states: wanted });
    };
    const shown = live.stale() ? 'unknown' : state;
    return html`<button type="button" class="count ${shown} ${number ? '' : 'zero'}" aria-pressed=${chosen} @click=${toggle}>
      <b>${count(number)}</b><span>${icon(shown)}${stateWord(state)}</span>
    </button>`;
  }

  private told() {
    const { length } = this.order;
    const again = () => {
      this.sort();
      update();
    };
    return html`<span class="sub" role="status">${length === live.services.id.length ? plural(length, 'service') : `${count(length)} of ${plural(live.services.id.length, 'service')}`}</span>
      ${this.behind ? html`<button type="button" class="link" @click=${again}>Put in order again</button>` : nothing}`;
  }

  private tools() {
    const { choice } = this;
    return html`<div class="tools">
      <label class="search"><span class="vh">Search services</span>
        <input id="search" type="search" placeholder="Search name, id or group" autocomplete="off" spellcheck="false" aria-keyshortcuts="/"
          .value=${asShown(choice.words)} @input=${(event: Event) => this.search((event.target as HTMLInputElement).value)} /></label>
      <label class="narrow">Sort by
        <select @change=${(event: Event) => this.choose({ sort: (event.target as HTMLSelectElement).value as Sort })}>
          ${columns.filter(([sort]) => sort).map(([sort, name]) => html`<option value=${sort} ?selected=${sort === choice.sort}>${name}</option>`)}
        </select></label>
      <button type="button" class="button" aria-pressed=${choice.grouped} @click=${() => this.choose({ grouped: !choice.grouped })}>Group</button>
    </div>`;
  }

  // At once, so that the rows follow the fingers.
  private search(words: string) {
    this.choose({ words });
  }

  private table() {
    const { picked, lines } = this.rows;
    if (!lines.length) {
      const clear = () => this.choose({ states: new Set(), words: '' });
      return empty('No service matches.', html`<button type="button" class="button" @click=${clear}>Clear the filters</button>`);
    }
    const all = this.order.length > 0 && picked.size >= this.order.length;
    const pickAll = () => {
      picked.clear();
      if (!all) for (const place of this.order) picked.add(live.services.id[place]);
      update();
    };
    return html`<table id="table" class="card services" role="table" aria-label="Services" aria-rowcount=${lines.length + 1}>
      <thead role="rowgroup"><tr role="row" class="line" aria-rowindex="1">
        <th role="columnheader" class="pick"><input type="checkbox" aria-label="Select all that are shown" .checked=${asShown(all)} @change=${pickAll} /></th>
        ${columns.map(([sort, name, kind]) => this.head(sort, name, kind))}
      </tr></thead>
      <tbody role="rowgroup" id="rows">${this.rows.render()}</tbody>
    </table>`;
  }

  private head(sort: Sort | '', name: string, kind: string) {
    if (!sort) return html`<th role="columnheader" class=${kind}>${name}</th>`;
    const mine = this.choice.sort === sort;
    const direction = mine ? (this.choice.descending ? 'descending' : 'ascending') : 'none';
    const turn = () => this.choose({ sort, descending: mine && !this.choice.descending });
    return html`<th role="columnheader" class=${kind} aria-sort=${direction}>
      <button type="button" @click=${turn}>${name}<span class="arrow" aria-hidden="true">${mine ? (this.choice.descending ? '↓' : '↑') : ''}</span></button>
    </th>`;
  }
}
