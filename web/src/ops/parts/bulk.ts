// What can be done to the picked services at once.
import { html, nothing } from 'lit-html';
import { each } from '../acts';
import { may, send } from '../api';
import { update } from '../frame';
import { plural } from '../format';
import { live } from '../live';
import { go } from '../router';
import { keep } from '../drafts';
import type { WholeIncident } from '../types';

export class Bulk {
  private busy = false;
  private told = '';

  constructor(private picked: Set<string>) {}

  private async run(act: () => Promise<string>) {
    this.busy = true;
    this.told = '';
    update();
    this.told = await act();
    this.busy = false;
    update();
  }

  private open() {
    const { incident, acknowledged } = live.services;
    const places = [...this.picked].map((id) => live.place(id)).filter((place) => place !== undefined);
    return [...new Set(places.filter((place) => incident[place] && !acknowledged[place]).map((place) => incident[place]!))];
  }

  private acknowledge = () =>
    this.run(() =>
      each(this.open(), async (id) => live.took(await send<WholeIncident>('POST', `/api/v1/incidents/${id}/ack`)), (number) =>
        `${plural(number, 'incident')} acknowledged`));

  private check = () =>
    this.run(() =>
      each([...this.picked], (id) => send('POST', `/api/v1/services/${id}/check`), (number) => `${plural(number, 'service')} being checked`));

  // The form takes them as its draft.
  private maintain = () => {
    keep('maintenance', { services: [...this.picked] });
    go('/ops/maintenance?plan=1');
  };

  private clear = () => {
    this.picked.clear();
    this.told = '';
    update();
  };

  render(number: number) {
    if (!number && !this.told) return nothing;
    const open = this.open().length;
    return html`<div class="bulk" role="region" aria-label="Picked services">
      <b>${number ? `${number} picked` : ''}</b>
      ${number && may('operator')
        ? html`<button type="button" class="button" ?disabled=${this.busy || !open} @click=${this.acknowledge}>Acknowledge${open ? ` ${open}` : ''}</button>
            <button type="button" class="button" ?disabled=${this.busy} @click=${this.check}>Check now</button>
            <button type="button" class="button" ?disabled=${this.busy} @click=${this.maintain}>Plan maintenance</button>`
        : nothing}
      <button type="button" class="button quiet" @click=${this.clear}>${number ? 'Pick none' : 'Close'}</button>
      <span class="sub">${this.told}</span>
    </div>`;
  }
}
