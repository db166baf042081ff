// A person opens an incident.
import { html } from 'lit-html';
import { send } from '../api';
import { live } from '../live';
import { Form } from '../parts/form';
import { ServicePicker } from '../parts/service_picker';
import { go, type View } from '../router';
import type { WholeIncident } from '../types';

const fields = ['title', 'services', 'severity', 'state', 'body'];

export class NewIncidentView implements View {
  section = 'incidents';
  title = () => 'Open an incident';
  private form = new Form('incident', { title: '', services: [] as string[], severity: 'minor', state: 'investigating', body: '' });
  private picker = new ServicePicker(this.form);

  constructor(query: URLSearchParams) {
    const service = query.get('service');
    if (service && !this.form.values.services.includes(service)) this.form.values.services = [...this.form.values.services, service];
  }

  private check = () => {
    const { title, services } = this.form.values;
    const wrong: [string, string][] = [];
    if (!title.trim()) wrong.push(['title', 'Say in a few words what is wrong.']);
    if (!services.length) wrong.push(['services', 'Pick at least one service.']);
    return wrong;
  };

  private open = async (event: Event) => {
    const { body, ...rest } = this.form.values;
    const incident = await this.form.submit(event, this.check, () => send<WholeIncident>('POST', '/api/v1/incidents', body.trim() ? { ...rest, body } : rest));
    if (!incident) return;
    this.form.clear();
    live.took(incident);
    go(`/ops/incidents/${incident.id}`);
  };

  render() {
    const { form } = this;
    return html`<nav class="crumbs" aria-label="Where you are"><a href="/ops/incidents">Incidents</a></nav>
      <h1 tabindex="-1">Open an incident</h1>
      <p class="lead">It stands beside those that checks open, and ends when you resolve it. The channels of its services are told.</p>
      <form id="incident" class="card form" novalidate @submit=${this.open}>
        ${form.field('title', { label: 'Title', maximum: 128, required: true, hint: 'As the status page shows it: what people cannot do.' })}
        ${this.picker.render('Services', 'The first is the incident’s own.')}
        <div class="pair">
          ${form.select('severity', 'Severity', [['minor', 'Minor'], ['major', 'Major'], ['critical', 'Critical']])}
          ${form.select('state', 'State', [['investigating', 'Investigating'], ['identified', 'Identified'], ['monitoring', 'Monitoring']])}
        </div>
        ${form.field('body', { label: 'First public words', type: 'textarea', maximum: 4096 })}
        ${form.trouble(fields)}
        <div class="acts"><button class="button primary" ?disabled=${form.busy}>Open the incident</button><a class="button quiet" href="/ops/incidents">Back</a></div>
      </form>`;
  }
}
