// Some services of any number: type a part of a name, take one; what was taken can be put back.
import { html, nothing } from 'lit-html';
import { live as asShown } from 'lit-html/directives/live.js';
import { afterDrawing, announce, update } from '../frame';
import { live } from '../live';
import type { Form } from './form';

const offered = 6;
const shownPicked = 60;

export class ServicePicker<Values extends { services: string[] }> {
  private words = '';

  constructor(private form: Form<Values>) {}

  private found(): number[] {
    const wanted = this.words.toLowerCase();
    const { id, name } = live.services;
    const places: number[] = [];
    for (let place = 0; place < id.length && places.length < offered; ++place) {
      if (this.form.values.services.includes(id[place])) continue;
      if (name[place].toLowerCase().includes(wanted) || id[place].includes(wanted)) places.push(place);
    }
    return places;
  }

  private put(services: string[], said: string) {
    this.form.set('services', services);
    announce(said);
  }

  private add(id: string) {
    this.words = '';
    this.put([...this.form.values.services, id], `${live.name(id)} added`);
    afterDrawing(() => document.getElementById(this.form.id('services'))?.focus());
  }

  private remove(id: string) {
    this.put(this.form.values.services.filter((one) => one !== id), `${live.name(id)} removed`);
    afterDrawing(() => document.getElementById(this.form.id('services'))?.focus());
  }

  private key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const [first] = this.words ? this.found() : [];
    if (first !== undefined) this.add(live.services.id[first]);
  };

  render(label: string, hint: unknown = nothing) {
    const { form } = this;
    const { services } = form.values;
    const input = (event: Event) => {
      this.words = (event.target as HTMLInputElement).value;
      update();
    };
    return html`<div class="field">
      <label for=${form.id('services')}>${label}</label>
      ${services.length
        ? html`<ul class="chips">${services.slice(0, shownPicked).map((id) => html`<li>${live.name(id)}<button type="button" aria-label="Remove ${live.name(id)}" @click=${() => this.remove(id)}>×</button></li>`)}
            ${services.length > shownPicked ? html`<li>and ${services.length - shownPicked} more</li>` : nothing}</ul>`
        : nothing}
      <input id=${form.id('services')} type="search" autocomplete="off" placeholder="Type a part of a name, then Enter" aria-required="true"
        aria-invalid=${form.error('services') ? 'true' : nothing} aria-describedby=${form.described('services', true)}
        .value=${asShown(this.words)} @input=${input} @keydown=${this.key} />
      ${this.words ? html`<div class="offers" role="group" aria-label="Services found">${this.found().map((place) => this.offer(place))}</div>` : nothing}
      ${form.below('services', hint)}
    </div>`;
  }

  private offer(place: number) {
    const { id, name, group } = live.services;
    return html`<button type="button" @click=${() => this.add(id[place])}>${name[place]}${group[place] ? html`<span class="sub">${group[place]}</span>` : nothing}</button>`;
  }
}
