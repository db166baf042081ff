// One incident: what happened, who said what, and what can be done.
import { html, nothing } from 'lit-html';
import { acknowledge, attempt, isBusy, refusals } from '../acts';
import { get, may, send } from '../api';
import { afterDrawing, announce } from '../frame';
import { span, words } from '../format';
import { live } from '../live';
import { Form } from '../parts/form';
import { because, clockTime, icon, openFor, severityState } from '../parts/signs';
import { diagnosis, fact, preview, timeline } from '../parts/timeline';
import { Resource } from '../resource';
import type { View } from '../router';
import type { WholeIncident } from '../types';

const fields = ['body', 'visibility', 'state'];

export class IncidentView implements View {
  section = 'incidents';
  private incident: Resource<WholeIncident>;
  private form: Form<{ body: string; visibility: 'public' | 'internal'; state: string }>;
  private path: string;
  private stop: () => void;

  constructor(private id: string) {
    this.path = `/api/v1/incidents/${encodeURIComponent(id)}`;
    this.incident = new Resource(() => get<WholeIncident>(this.path));
    this.form = new Form(`update-${id}`, { body: '', visibility: 'public', state: '' });
    this.stop = live.listen(() => this.follow());
  }

  leave() {
    this.stop();
  }

  title() {
    return this.incident.value?.title ?? 'Incident';
  }

  // Somebody else, or the monitor, went on with it.
  private follow() {
    const here = this.incident.value;
    if (!here) return;
    const there = live.incidents.get(this.id);
    const seen = (one: { state: string; acknowledged_at: string | null; updates: unknown[]; severity: string; diagnosis: string | null }) =>
      JSON.stringify([one.state, one.acknowledged_at, one.updates.length, one.severity, one.diagnosis]);
    if (there ? seen(there) !== seen(here) : here.state !== 'resolved') void this.incident.load();
  }

  private take(incident: WholeIncident | undefined) {
    if (!incident) return;
    this.incident.value = incident;
    live.took(incident);
    // What was pressed may be gone now.
    afterDrawing(() => document.activeElement === document.body && document.querySelector<HTMLElement>('h1')?.focus());
  }

  private post = async (event: Event) => {
    const { body, visibility, state } = this.form.values;
    const check = (): [string, string][] => (body.trim() ? [] : [['body', 'Say something first.']]);
    const wanted = visibility === 'public' && state ? { body, visibility, state } : { body, visibility };
    const incident = await this.form.submit(event, check, () => send<WholeIncident>('POST', `${this.path}/updates`, wanted));
    if (!incident) return;
    this.form.clear();
    announce(visibility === 'public' ? 'The update is on the status page' : 'The note is in the timeline');
    this.take(incident);
  };

  // What was typed as a note goes with it. The API takes no word with an acknowledgement, so it follows.
  private acknowledge = async () => {
    const incident = await acknowledge(this.id);
    this.take(incident);
    if (!incident || !this.noted()) return;
    const { body } = this.form.values;
    const noted = await attempt(`end ${this.id}`, () => send<WholeIncident>('POST', `${this.path}/updates`, { body, visibility: 'internal' }), 'Acknowledged, with your note');
    if (noted) this.form.clear();
    this.take(noted);
  };
  private noted = () => this.form.values.visibility === 'internal' && this.form.values.body.trim() !== '';

  private end = async (how: 'resolve' | 'reopen') => {
    const { body, visibility } = this.form.values;
    const last = body.trim() && visibility === 'public' ? { body } : undefined;
    const incident = await attempt(`end ${this.id}`, () => send<WholeIncident>('POST', `${this.path}/${how}`, last), how === 'resolve' ? 'Resolved' : 'Reopened');
    if (incident && last) this.form.clear();
    this.take(incident);
  };

  render() {
    return html`<nav class="crumbs" aria-label="Where you are"><a href="/ops/incidents">Incidents</a></nav>
      ${this.incident.value ? nothing : html`<h1 tabindex="-1">Incident</h1>`}
      ${this.incident.show((incident) => this.whole(incident), 8)}`;
  }

  private whole(incident: WholeIncident) {
    const over = incident.state === 'resolved';
    const state = over ? 'up' : severityState(incident.severity);
    return html`<div class="title ${live.stale() ? 'unknown' : state}">${icon(live.stale() ? 'unknown' : state)}<h1 tabindex="-1">${incident.title}</h1></div>
      <p class="lead">${over ? `Resolved after ${openFor(incident)}` : `${words(incident.state)}, open for ${openFor(incident)}`}</p>
      ${this.actions(incident)}
      <div class="split">
        <div>
          <section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2><div class="card">${timeline(incident.timeline)}</div></section>
          ${may('operator') && !over ? this.update(incident) : nothing}
        </div>
        <div>
          <section aria-labelledby="facts"><h2 id="facts">Facts</h2><div class="card pad">${this.facts(incident)}</div></section>
          <section aria-labelledby="diagnosis"><h2 id="diagnosis">Diagnosis</h2><div class="card pad">${incident.diagnosis
            ? diagnosis(incident.diagnosis)
            : html`<p class="sub">${over ? 'None was made.' : 'None yet. Evidence is gathered when a check fails; it appears here.'}</p>`}</div></section>
        </div>
      </div>`;
  }

  private actions(incident: WholeIncident) {
    if (!may('operator')) return nothing;
    const over = incident.state === 'resolved';
    // A check's incident ends when its service is well, so there is nothing to press.
    const byHand = incident.timeline[0]?.author !== null;
    const refused = refusals.get(`end ${this.id}`) ?? refusals.get(`ack ${this.id}`);
    const busy = isBusy(`end ${this.id}`) || isBusy(`ack ${this.id}`);
    return html`<div class="acts">
        ${over || incident.acknowledged_at ? nothing : html`<button type="button" class="button primary" ?disabled=${busy} @click=${this.acknowledge}>${this.noted() ? 'Acknowledge with your note' : 'Acknowledge'}</button>`}
        ${byHand && !over ? html`<button type="button" class="button" ?disabled=${busy} @click=${() => this.end('resolve')}>Resolve</button>` : nothing}
        ${byHand && over ? html`<button type="button" class="button" ?disabled=${busy} @click=${() => this.end('reopen')}>Reopen</button>` : nothing}
        ${byHand || over ? nothing : html`<span class="sub">It ends by itself when the service is well again.</span>`}
      </div>
      ${refused ? html`<p class="failure" role="alert">${refused}</p>` : nothing}`;
  }

  private facts(incident: WholeIncident) {
    const affects = incident.affects.length ? incident.affects : [incident.service];
    return html`<dl class="facts">
      ${fact('Services', affects.map((id, at) => html`${at ? ', ' : ''}<a href="/ops/services/${id}">${live.name(id)}</a>`))}
      ${fact('Severity', words(incident.severity))}
      ${because(incident.reason) ? fact('Reason', words(because(incident.reason))) : nothing}
      ${fact('Began', clockTime(incident.started_at))}
      ${incident.ended_at ? fact('Ended', clockTime(incident.ended_at)) : nothing}
      ${fact('Acknowledged', incident.acknowledged_at ? html`${incident.acknowledged_by ?? 'Yes'}, ${clockTime(incident.acknowledged_at)}` : 'No')}
      ${incident.reopened ? fact('Reopened', `${incident.reopened} ×`) : nothing}
      ${incident.duration_s !== null ? fact('In trouble', span(incident.duration_s)) : nothing}
      ${fact('Messages', html`<a href="/ops/alerts?incident=${encodeURIComponent(incident.id)}">Who was told</a>`)}
    </dl>`;
  }

  private update(incident: WholeIncident) {
    const { form } = this;
    const { body, visibility, state } = form.values;
    const open = visibility === 'public';
    return html`<section aria-labelledby="say"><h2 id="say">Say something</h2>
      <form id="update-${this.id}" class="card form" novalidate @submit=${this.post}>
        ${form.choice('visibility', 'Who reads it', [['public', 'Public: on the status page, and told to who was told of it'], ['internal', 'Internal: in this timeline only']])}
        ${form.field('body', { label: open ? 'Update' : 'Note', type: 'textarea', maximum: 4096, required: true })}
        ${open
          ? html`${form.select('state', 'State', [['', `As it is: ${words(incident.state)}`], ['investigating', 'Investigating'], ['identified', 'Identified'], ['monitoring', 'Monitoring']])}
              ${preview(state || incident.state, body, live.now() * 1000)}`
          : nothing}
        ${form.trouble(fields)}
        <div class="acts"><button class="button primary" ?disabled=${form.busy}>${open ? 'Publish the update' : 'Add the note'}</button></div>
      </form></section>`;
  }
}
