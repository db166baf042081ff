// Maintenance: under way, to come, over; and the form that plans one, with times of the reader and in UTC.
import { html, nothing } from 'lit-html';
import { attempt, isBusy, refusals } from '../acts';
import { get, may, send } from '../api';
import { announce, update } from '../frame';
import { localTime, plural, span, utcTime, zone } from '../format';
import { live } from '../live';
import { Form } from '../parts/form';
import { ServicePicker } from '../parts/service_picker';
import { icon } from '../parts/signs';
import { empty, Resource } from '../resource';
import type { View } from '../router';
import type { Maintenance } from '../types';

const fields = ['title', 'services', 'starts_at', 'ends_at'];
const lengths: readonly [string, string][] = [['1800', '30 minutes'], ['3600', '1 hour'], ['7200', '2 hours'], ['14400', '4 hours'], ['28800', '8 hours'], ['86400', '1 day']];
const sections: [Maintenance['state'], string, string][] = [
  ['in_progress', 'Now', 'Nothing is under maintenance.'], ['scheduled', 'Upcoming', 'Nothing is planned.'], ['completed', 'Past', 'Nothing ended within the last day.'],
];

export class MaintenanceView implements View {
  section = 'maintenance';
  title = () => 'Maintenance';
  private list: Resource<Maintenance[]>;
  private form = new Form('maintenance', { title: '', services: [] as string[], starts_at: '', lasts: '3600' });
  private picker = new ServicePicker(this.form);
  private planning: boolean;
  private asked = ''; // the window whose end is to be confirmed

  constructor(query: URLSearchParams) {
    this.planning = query.get('plan') === '1' || this.form.dirty;
    this.list = new Resource(async () => (await get<{ maintenances: Maintenance[] }>('/api/v1/maintenances?limit=1000')).maintenances);
  }

  // The form's times, ms; the beginning is now unless it is said.
  private window(): [number, number] {
    const from = this.form.values.starts_at ? Date.parse(this.form.values.starts_at) : live.now() * 1000;
    return [from, from + Number(this.form.values.lasts) * 1000];
  }

  private check = () => {
    const { title, services, starts_at } = this.form.values;
    const wrong: [string, string][] = [];
    if (!title.trim()) wrong.push(['title', 'Say what is being done.']);
    if (!services.length) wrong.push(['services', 'Pick at least one service.']);
    if (starts_at && !(this.window()[1] > live.now() * 1000)) wrong.push(['starts_at', 'It would be over already.']);
    return wrong;
  };

  private plan = async (event: Event) => {
    const { title, services, starts_at } = this.form.values;
    const made = await this.form.submit(event, this.check, () => {
      const [from, to] = this.window();
      const whole = (ms: number) => new Date(ms).toISOString().replace(/\.\d+/, '');
      return send<Maintenance>('POST', '/api/v1/maintenances', { title, services, starts_at: starts_at ? whole(from) : null, ends_at: whole(to) });
    });
    if (!made) return;
    this.form.clear();
    this.planning = false;
    announce(`${made.title} is planned`);
    void this.list.load();
  };

  private end = async ({ id, title }: Maintenance) => {
    this.asked = '';
    await attempt(`end ${id}`, () => send('DELETE', `/api/v1/maintenances/${encodeURIComponent(id)}`), `${title} is taken out`);
    void this.list.load();
  };

  render() {
    const open = () => {
      this.planning = !this.planning;
      update();
    };
    return html`<div class="column"><div class="heading top"><h1 tabindex="-1">Maintenance</h1>
        ${may('operator') && !this.planning ? html`<button type="button" class="button primary" @click=${open}>Plan maintenance</button>` : nothing}</div>
      <p class="lead">While it goes on a service is shown as under maintenance, nobody is paged for it, and its uptime is not debited.</p>
      ${this.planning && may('operator') ? this.planner() : nothing}
      ${this.list.show((all) => sections.map(([state, name, none]) => {
        const these = all.filter((one) => one.state === state);
        return html`<section aria-labelledby=${state}><h2 id=${state}>${name}</h2>${these.length ? html`<ul class="card list">${these.map((one) => this.one(one))}</ul>` : empty(none)}</section>`;
      }), 6)}</div>`;
  }

  private one(maintenance: Maintenance) {
    const { id, title, services, state, starts_at, ends_at, repeats, planned_by } = maintenance;
    const [from, to] = [Date.parse(starts_at), Date.parse(ends_at)];
    const refused = refusals.get(`end ${id}`);
    const now = live.now() * 1000;
    const ask = (to_ask: string) => () => {
      this.asked = to_ask;
      update();
    };
    const stop = state === 'in_progress' ? 'End it now' : 'Take it out';
    return html`<li class="window ${state === 'completed' ? 'unknown' : 'maintenance'}">${icon('maintenance')}
      <div class="grow"><p class="strong">${title}</p>
        <p>${utcTime(from)} to ${utcTime(to)}</p>
        <p class="sub">Yours: ${localTime(from)} to ${localTime(to)}${state === 'in_progress' ? `, ${span((to - now) / 1000)} left` : state === 'scheduled' ? `, in ${span((from - now) / 1000)}` : ''}</p>
        <p class="sub">${plural(services.length, 'service')}: ${services.slice(0, 8).map((one, at) => html`${at ? ', ' : ''}<a href="/ops/services/${one}">${live.name(one)}</a>`)}${services.length > 8 ? ` and ${services.length - 8} more` : ''}</p>
        <p class="sub">${planned_by ? `Planned by ${planned_by}` : 'Of the config file'}${repeats ? ', repeats' : ''}</p>
        ${refused ? html`<p class="wrong" role="alert">${refused}</p>` : nothing}</div>
      ${planned_by && state !== 'completed' && may('operator')
        ? this.asked === id
          ? html`<div class="acts"><button type="button" class="button danger" ?disabled=${isBusy(`end ${id}`)} @click=${() => this.end(maintenance)}>${stop}</button><button type="button" class="button quiet" @click=${ask('')}>Keep it</button></div>`
          : html`<button type="button" class="button" aria-label="${stop}: ${title}" @click=${ask(id)}>${stop}…</button>`
        : nothing}
    </li>`;
  }

  private planner() {
    const { form } = this;
    const [from, to] = this.window();
    const number = form.values.services.length;
    const close = () => {
      this.planning = false;
      form.clear();
    };
    return html`<form id="maintenance" class="card form" novalidate aria-label="Plan maintenance" @submit=${this.plan}>
      ${form.field('title', { label: 'What is done', maximum: 128, required: true, hint: 'As the status page shows it.' })}
      ${this.picker.render('Services')}
      <div class="pair">
        ${form.field('starts_at', { label: 'Begins', type: 'datetime-local', hint: `In your time (${zone}). Empty: now.` })}
        ${form.select('lasts', 'Lasts', lengths)}
      </div>
      ${form.below('ends_at')}
      <p class="summary" role="status"><b>${plural(number, 'service')} will be muted</b>${Number.isFinite(from)
        ? html`<span>${utcTime(from)} to ${utcTime(to)}</span><span class="sub">Yours: ${localTime(from)} to ${localTime(to)}</span>` : nothing}</p>
      ${form.trouble(fields)}
      <div class="acts"><button class="button primary" ?disabled=${form.busy}>Plan it</button><button type="button" class="button quiet" @click=${close}>Discard</button></div>
    </form>`;
  }
}
