// All incidents, newest first; or the open ones, which are known already.
import { html, nothing } from 'lit-html';
import { get, may } from '../api';
import { words } from '../format';
import { live } from '../live';
import { openIncidents } from '../parts/attention';
import { More } from '../parts/more';
import { clockTime, icon, openFor, severityState } from '../parts/signs';
import { empty } from '../resource';
import type { View } from '../router';
import type { Incident } from '../types';

export function incidentTable(incidents: Incident[], withService = true) {
  return html`<div class="scroll" role="group" aria-label="Incidents" tabindex="0"><table class="card plain">
    <thead><tr><th>Incident</th>${withService ? html`<th>Service</th>` : nothing}<th>State</th><th>Began</th><th class="num">Lasted</th><th>Acknowledged</th></tr></thead>
    <tbody>${incidents.map((one) => row(one, withService))}</tbody>
  </table></div>`;
}

function row(incident: Incident, withService: boolean) {
  const state = incident.ended_at ? 'unknown' : severityState(incident.severity);
  return html`<tr>
    <td><span class="lead-icon ${state}">${incident.ended_at ? icon('up') : icon(state)}<a class="strong" href="/ops/incidents/${incident.id}">${incident.title}</a></span></td>
    ${withService ? html`<td><a href="/ops/services/${incident.service}">${live.name(incident.service)}</a></td>` : nothing}
    <td>${words(incident.state)}<span class="sub">${words(incident.severity)}</span></td>
    <td>${clockTime(incident.started_at)}</td>
    <td class="num">${openFor(incident)}</td>
    <td>${incident.acknowledged_at ? (incident.acknowledged_by ?? 'Yes') : html`<span class="sub">No</span>`}</td>
  </tr>`;
}

export class IncidentsView implements View {
  section = 'incidents';
  title = () => 'Incidents';
  private onlyOpen: boolean;
  private list: More<Incident>;

  constructor(query: URLSearchParams) {
    this.onlyOpen = query.get('show') === 'open';
    this.list = new More(async (cursor) => {
      const { incidents, next } = await get<{ incidents: Incident[]; next: string | null }>(`/api/v1/incidents?limit=50${cursor}`);
      return { rows: incidents, next };
    });
  }

  leave() {
    this.list.leave();
  }

  render() {
    const open = openIncidents();
    return html`<div class="heading top"><h1 tabindex="-1">Incidents</h1>
        ${may('operator') ? html`<a class="button primary" href="/ops/incidents/new">Open an incident</a>` : nothing}</div>
      <nav class="tabs" aria-label="Which incidents"><a href="/ops/incidents" aria-current=${this.onlyOpen ? nothing : 'page'}>All</a
        ><a href="/ops/incidents?show=open" aria-current=${this.onlyOpen ? 'page' : nothing}>Open${live.loaded ? ` (${open.length})` : ''}</a></nav>
      ${this.onlyOpen
        ? open.length ? incidentTable(open) : empty('Nothing is open. All that was is under All.')
        : this.list.render((rows) => incidentTable(rows), 'No incident so far. One opens when a service fails, or when you open it.')}`;
  }
}
