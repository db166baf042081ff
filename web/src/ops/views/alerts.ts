// The ledger of alerts: what each channel was owed, every try and its answer, and replay by hand.
import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { attempt, isBusy, refusals } from '../acts';
import { get, may, send } from '../api';
import { plural, words } from '../format';
import { live } from '../live';
import { More } from '../parts/more';
import { clockTime, icon } from '../parts/signs';
import { go, type View } from '../router';
import type { Alert, State } from '../types';

const looks: Record<Alert['state'], [State, string]> = {
  owed: ['degraded', 'Owed'], sending: ['maintenance', 'Sending'], sent: ['up', 'Sent'], dead: ['down', 'Not delivered'],
};
const outcomes = { sent: 'Taken', retry_after: 'Not taken, tried again', rejected: 'Refused' };
const filters: [string, string][] = [['', 'All'], ['owed,sending', 'Under way'], ['sent', 'Sent'], ['dead', 'Not delivered']];
const names = ['state', 'channel', 'service', 'incident'] as const;

export class AlertsView implements View {
  section = 'alerts';
  title = () => 'Alerts';
  private list: More<Alert>;
  private wanted = new URLSearchParams();

  constructor(query: URLSearchParams) {
    for (const name of names) if (query.get(name)) this.wanted.set(name, query.get(name)!);
    this.list = new More(async (cursor) => {
      const { alerts, next } = await get<{ alerts: Alert[]; next: string | null }>(`/api/v1/alerts?limit=50&${this.wanted}${cursor}`);
      return { rows: alerts, next };
    });
  }

  leave() {
    this.list.leave();
  }

  private address(change: Partial<Record<(typeof names)[number], string>>) {
    const query = new URLSearchParams(this.wanted);
    for (const [name, value] of Object.entries(change)) value ? query.set(name, value) : query.delete(name);
    return `/ops/alerts${query.size ? `?${query}` : ''}`;
  }

  private find = (event: Event) => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    go(this.address({ channel: String(data.get('channel')).trim(), service: String(data.get('service')).trim() }));
  };

  private replay = async ({ id, channel }: Alert) => {
    const alert = await attempt(`replay ${id}`, () => send<Alert>('POST', `/api/v1/alerts/${encodeURIComponent(id)}/replay`), `Owed to ${channel} again`);
    if (alert) this.list.replace(alert, (one) => one.id === id);
  };

  render() {
    const state = this.wanted.get('state') ?? '';
    const incident = this.wanted.get('incident');
    return html`<h1 tabindex="-1">Alerts</h1>
      <p class="lead">What every channel was told, or is still owed. Settled ones are kept for 90 days.</p>
      <nav class="tabs" aria-label="Which alerts">${filters.map(([value, name]) => html`<a href=${this.address({ state: value })} aria-current=${value === state ? 'page' : nothing}>${name}</a>`)}</nav>
      <form class="tools" role="search" @submit=${this.find}>
        <label>Channel <input name="channel" type="search" autocomplete="off" .value=${this.wanted.get('channel') ?? ''} /></label>
        <label>Service id <input name="service" type="search" autocomplete="off" .value=${this.wanted.get('service') ?? ''} /></label>
        <button class="button">Find</button>
        ${incident ? html`<span class="tag">Of one incident</span><a href=${this.address({ incident: '' })}>Of all</a>` : nothing}
      </form>
      ${this.list.render((rows) => this.table(rows), this.wanted.size ? 'No alert is like that.' : 'No alert so far.', this.wanted.size ? html`<a class="button" href="/ops/alerts">All alerts</a>` : html`<p>They are made when an incident opens, changes or ends.</p>`)}`;
  }

  private table(rows: Alert[]) {
    return html`<div class="scroll" role="group" aria-label="Alerts" tabindex="0"><table class="card plain">
      <thead><tr><th>State</th><th>What</th><th>Channel</th><th>Made</th><th>Tries</th><th><span class="vh">Actions</span></th></tr></thead>
      <tbody>${repeat(rows, ({ id }) => id, (one) => this.row(one))}</tbody>
    </table></div>`;
  }

  private row(alert: Alert) {
    const [look, word] = looks[alert.state];
    const refused = refusals.get(`replay ${alert.id}`);
    return html`<tr>
      <td><span class="st ${look}">${icon(look)}<span>${word}</span></span>${alert.state === 'owed' && alert.due_at ? html`<span class="sub">next try ${clockTime(alert.due_at)}</span>` : nothing}</td>
      <td><a href="/ops/incidents/${alert.incident}">${words(alert.step)}</a><span class="sub">${live.name(alert.service)}</span></td>
      <td>${alert.channel}</td>
      <td>${clockTime(alert.created_at)}${alert.replayed_at ? html`<span class="sub">replayed ${clockTime(alert.replayed_at)}</span>` : nothing}</td>
      <td class="wrap">${alert.tries.length ? this.tries(alert) : html`<span class="sub">None yet</span>`}</td>
      <td>${alert.state === 'dead' && may('operator')
        ? html`<button type="button" class="button" ?disabled=${isBusy(`replay ${alert.id}`)} aria-label="Replay to ${alert.channel}" @click=${() => this.replay(alert)}>Replay</button>` : nothing}
        ${refused ? html`<p class="wrong" role="alert">${refused}</p>` : nothing}</td>
    </tr>`;
  }

  private tries({ tries, try_count, last_answer }: Alert) {
    return html`<details><summary>${plural(try_count, 'try', 'tries')}${last_answer ? html`: <span class="sub">${last_answer}</span>` : nothing}</summary>
      <ol class="tries">${tries.map((one) => html`<li value=${one.number}>${clockTime(one.at)} <b>${outcomes[one.outcome]}</b><span class="sub">${one.answer}</span></li>`)}</ol>
    </details>`;
  }
}
