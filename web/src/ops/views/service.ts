// One service: how it is, how it was, what is checked and how.
import { html, nothing } from 'lit-html';
import { acknowledge, checkNow, isBusy, refusals } from '../acts';
import { get, may } from '../api';
import { milliseconds, percent, span, words } from '../format';
import { live } from '../live';
import { ranges, ServiceCharts, type Range } from '../parts/service_charts';
import { because, moment, sign } from '../parts/signs';
import { fact } from '../parts/timeline';
import { empty, Resource } from '../resource';
import { rename, type View } from '../router';
import { phases, phaseWords, type CheckDetail, type Incident, type Maintenance, type ServiceDetail } from '../types';
import { incidentTable } from './incidents';

const again = 10_000; // ms between two questions about the checks

export class ServiceView implements View {
  section = 'overview';
  private service: Resource<ServiceDetail>;
  private incidents: Resource<Incident[]>;
  private maintenances: Resource<Maintenance[]>;
  private charts: ServiceCharts;
  private timer: number;
  private stop: () => void;
  private before: unknown;

  constructor(private id: string, query: URLSearchParams) {
    const path = encodeURIComponent(id);
    this.service = new Resource(() => get<ServiceDetail>(`/api/v1/services/${path}`));
    this.incidents = new Resource(async () => (await get<{ incidents: Incident[] }>(`/api/v1/incidents?service=${path}&limit=20`)).incidents);
    this.maintenances = new Resource(async () =>
      (await get<{ maintenances: Maintenance[] }>('/api/v1/maintenances?limit=1000')).maintenances.filter(({ services }) => services.includes(id)));
    const asked = query.get('range') as Range;
    const renamed = (range: Range) => rename(new URLSearchParams({ range }));
    this.charts = new ServiceCharts(id, ranges.includes(asked) ? asked : '24h', () => this.incidents.value ?? [], renamed);
    this.timer = setInterval(() => document.hidden || void this.service.load(), again);
    this.stop = live.listen(() => this.follow());
  }

  leave() {
    clearInterval(this.timer);
    this.stop();
    this.charts.leave();
  }

  title = () => this.service.value?.name ?? live.name(this.id);
  drawn = () => this.charts.draw();

  // The stream tells that it changed; the rest is asked for.
  private follow() {
    const place = live.place(this.id);
    if (place === undefined) return;
    const now = `${live.services.state[place]} ${live.services.incident[place]} ${live.services.acknowledged[place]}`;
    if (this.before !== undefined && now !== this.before) {
      void this.service.load();
      void this.incidents.load();
    }
    this.before = now;
  }

  render() {
    return html`<nav class="crumbs" aria-label="Where you are"><a href="/ops/">Overview</a></nav>
      ${this.head()}
      ${this.charts.render()}
      <section aria-labelledby="checks"><h2 id="checks">Checks</h2>${this.service.show((service) => checkTable(service.checks))}</section>
      <section aria-labelledby="incidents"><h2 id="incidents">Incidents</h2>${this.incidents.show((incidents) =>
        incidents.length ? incidentTable(incidents, false) : empty('It has had none.'))}</section>
      ${this.maintenances.value?.length ? this.planned(this.maintenances.value) : nothing}
      <section aria-labelledby="config"><h2 id="config">Config</h2><div class="card pad">${this.service.show(config)}</div></section>`;
  }

  private head() {
    const place = live.place(this.id);
    const service = this.service.value;
    const state = place === undefined ? service?.state : live.services.state[place];
    const since = place === undefined ? null : live.services.since[place];
    const why = because(place === undefined ? (service?.reason ?? 'ok') : live.services.reason[place]);
    const checked = place === undefined ? null : live.services.checked_at[place];
    return html`<div class="heading top"><div>
        <h1 tabindex="-1">${this.title()}</h1>
        <p class="lead state-line">${state ? sign(state, since === null ? nothing : ` for ${span(live.now() - since)}`) : nothing}
          <span class="sub">${[why, checked === null ? '' : `checked ${span(live.now() - checked)} ago`].filter(Boolean).join(', ')}</span></p>
      </div>${this.actions()}</div>
      ${this.uptime(service)}`;
  }

  private actions() {
    if (!may('operator')) return nothing;
    const place = live.place(this.id);
    const incident = place === undefined ? null : live.services.incident[place];
    const open = incident && !live.services.acknowledged[place!];
    const refused = refusals.get(`check ${this.id}`) ?? (incident ? refusals.get(`ack ${incident}`) : undefined);
    return html`<div class="acts">
      ${open ? html`<button type="button" class="button primary" ?disabled=${isBusy(`ack ${incident}`)} @click=${() => acknowledge(incident)}>Acknowledge</button>` : nothing}
      ${incident ? html`<a class="button" href="/ops/incidents/${incident}">Incident</a>` : html`<a class="button" href="/ops/incidents/new?service=${this.id}">Open an incident</a>`}
      <button type="button" class="button" ?disabled=${isBusy(`check ${this.id}`)} @click=${() => checkNow(this.id)}>Check now</button>
      ${refused ? html`<p class="wrong" role="alert">${refused}</p>` : nothing}
    </div>`;
  }

  private uptime(service: ServiceDetail | undefined) {
    const latency = live.services.latency_ms[live.place(this.id) ?? -1] ?? service?.latency_ms;
    return html`<dl class="figures card">
      <div><dt>Latency</dt><dd>${milliseconds(latency)}</dd></div>
      ${(['24h', '7d', '30d', '90d'] as const).map((range) => html`<div><dt>Uptime ${range.replace(/(\d+)/, '$1 ')}</dt><dd>${percent(service?.uptime[range])}</dd></div>`)}
    </dl>`;
  }

  private planned(all: Maintenance[]) {
    return html`<section aria-labelledby="planned"><h2 id="planned">Maintenance</h2><ul class="card list">${all.map(
      (one) => html`<li><a href="/ops/maintenance">${one.title}</a><span class="sub">${words(one.state)}, ${one.starts_at.slice(0, 16).replace('T', ' ')} to ${one.ends_at.slice(0, 16).replace('T', ' ')} UTC</span></li>`,
    )}</ul></section>`;
  }
}

function checkTable(checks: CheckDetail[]) {
  if (!checks.length) return empty('It has no checks: it is told of by heartbeats or by hand.');
  return html`<div class="scroll" role="group" tabindex="0" aria-label="Checks"><table class="card plain">
    <thead><tr><th>Check</th><th>State</th><th>Evidence</th><th class="num">Latency</th><th>Phases</th><th class="num">Checked</th></tr></thead>
    <tbody>${checks.map((one) => html`<tr>
      <td><b>${one.id}</b><span class="sub">${one.kind}${one.location && one.location !== 'local' ? `, ${one.location}` : ''}</span></td>
      <td>${sign(one.state)}${one.since ? html`<span class="sub">since ${moment(one.since)}</span>` : nothing}</td>
      <td class="wrap">${one.error ?? because(one.reason)}</td>
      <td class="num">${milliseconds(one.latency_ms)}</td>
      <td class="sub phases">${one.phases_ms ? phases.filter((phase) => one.phases_ms![phase] !== undefined).map((phase) => `${phaseWords[phase]} ${milliseconds(one.phases_ms![phase])}`).join(' · ') : '–'}</td>
      <td class="num">${one.last_checked_at ? moment(one.last_checked_at) : '–'}</td></tr>`)}</tbody>
  </table></div>`;
}

function config(service: ServiceDetail) {
  const link = (id: string, at: number) => html`${at ? ', ' : ''}<a href="/ops/services/${id}">${live.name(id)}</a>`;
  return html`<dl class="facts">
    ${fact('Id', service.id)} ${fact('Group', service.group ?? 'None')} ${fact('Seen by', service.visibility === 'public' ? 'Everybody' : 'Operators only')}
    ${fact('Enabled', service.enabled ? 'Yes' : 'No: paused')}
    ${fact('Depends on', service.depends_on.length ? service.depends_on.map(link) : 'Nothing')}
    ${fact('Tells', service.alerts.length ? service.alerts.join(', ') : 'Nobody')}
    ${fact('Comes from', { file: 'The config file', monitor: 'The monitor itself' }[service.source] ?? service.source)}
  </dl>
  ${service.checks.map((one) => html`<h3>${one.id}</h3><dl class="facts">
    ${fact('Target', html`<code>${one.target}</code>`, 'wide')} ${fact('Every', span(one.interval_s))} ${one.timeout_s === null ? nothing : fact('Timeout', span(one.timeout_s))}
    ${fact('Slow above', one.degraded_above_ms === null ? 'Not judged' : milliseconds(one.degraded_above_ms))} ${one.role ? fact('Role', words(one.role)) : nothing}
  </dl>`)}`;
}
