// The rows of the overview's table that are in sight. Above `whole` rows only these exist, between two empty spaces.
import { html, nothing } from 'lit-html';
import { live as asShown } from 'lit-html/directives/live.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Line } from '../catalogue';
import { milliseconds, percent, plural, span } from '../format';
import { live } from '../live';
import { because, sign } from './signs';

const whole = 500;
const spare = 6; // rows beyond each edge of the screen

export class Rows {
  lines: Line[] = [];
  picked = new Set<string>();
  current = -1; // of lines
  grouped = false;
  private height = 40; // px of one row, as measured
  private first = 0;
  private last = 40;

  constructor(private pick: (id: string, on: boolean) => void) {}

  body = () => document.querySelector<HTMLElement>('#rows');

  // Which lines are in sight; before drawing.
  private look() {
    if (this.lines.length <= whole) {
      this.first = 0;
      this.last = this.lines.length;
      return;
    }
    const top = this.body()?.getBoundingClientRect().top ?? 0;
    const beyond = Math.max(0, Math.floor(-top / this.height));
    this.first = Math.max(0, Math.min(beyond - spare, this.lines.length - 1));
    this.last = Math.min(this.lines.length, beyond + Math.ceil((innerHeight - Math.max(0, top)) / this.height) + spare);
  }

  render() {
    this.look();
    const shown: [number, Line][] = [];
    for (let at = this.first; at < this.last; ++at) shown.push([at, this.lines[at]]);
    return repeat(shown, ([, line]) => (typeof line === 'number' ? live.services.id[line] : `group ${line.group}`), ([at, line]) =>
      typeof line === 'number' ? this.row(at, line) : this.heading(at, line));
  }

  // After drawing: the room of the rows that are not there, and how high one is.
  drawn() {
    const body = this.body();
    if (!body) return;
    const row = body.firstElementChild;
    if (row) this.height = row.getBoundingClientRect().height || this.height;
    const put = (name: string, rows: number) => {
      const room = `${rows * this.height}px`;
      if (body.style.getPropertyValue(name) !== room) body.style.setProperty(name, room);
    };
    put('padding-top', this.first);
    put('padding-bottom', this.lines.length - this.last);
  }

  // The line is in sight, and its link has the focus once it is drawn.
  reveal(at: number) {
    const body = this.body();
    if (!body) return;
    const top = body.getBoundingClientRect().top + at * this.height;
    if (top < 160 || top + this.height > innerHeight - 80) scrollBy(0, top - innerHeight / 2);
  }

  focus(at: number) {
    document.querySelector<HTMLElement>(`[aria-rowindex="${at + 2}"] a`)?.focus({ preventScroll: true });
  }

  private heading(at: number, line: Exclude<Line, number>) {
    return html`<tr role="row" class="line groupline" aria-rowindex=${at + 2}>
      <th role="rowheader" scope="rowgroup">${line.group}<span class="sub">${plural(line.count, 'service')}${line.bad ? `, ${line.bad} in trouble` : ''}</span></th>
    </tr>`;
  }

  private row(at: number, place: number) {
    const { id, name, group, visibility, state, reason, since, checked_at, latency_ms, uptime_24h, incident, acknowledged } = live.services;
    const now = live.now();
    const age = since[place] === null ? '' : span(now - since[place]!);
    const why = because(reason[place]);
    const toggle = (event: Event) => this.pick(id[place], (event.target as HTMLInputElement).checked);
    return html`<tr role="row" class="line ${at === this.current ? 'current' : ''}" aria-rowindex=${at + 2}>
      <td role="cell" class="pick"><input type="checkbox" aria-label="Select ${name[place]}" .checked=${asShown(this.picked.has(id[place]))} @change=${toggle} /></td>
      <td role="cell" class="is">${sign(state[place], nothing, 'Was')}</td>
      <td role="cell" class="name"><a href="/ops/services/${id[place]}">${name[place]}</a>${this.grouped || !group[place] ? nothing : html`<span class="sub">${group[place]}</span>`}${visibility[place] === 'internal' ? html`<span class="tag">Internal</span>` : nothing}</td>
      <td role="cell" class="for">${age}${why ? `${age ? ', ' : ''}${why}` : ''}</td>
      <td role="cell" class="num latency">${milliseconds(latency_ms[place])}</td>
      <td role="cell" class="num uptime">${percent(uptime_24h[place])}</td>
      <td role="cell" class="num checked">${checked_at[place] === null ? '–' : `${span(now - checked_at[place]!)} ago`}</td>
      <td role="cell" class="inc">${incident[place] ? html`<a href="/ops/incidents/${incident[place]}" aria-label="Incident of ${name[place]}, ${acknowledged[place] ? 'acknowledged' : 'open'}">${acknowledged[place] ? 'Acknowledged' : 'Open'}</a>` : nothing}</td>
    </tr>`;
  }
}
