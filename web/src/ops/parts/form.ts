// A form that keeps its draft, tells each error at its field and leads to the first.
import { html, nothing } from 'lit-html';
import { live as asShown } from 'lit-html/directives/live.js';
import { Problem } from '../api';
import { drop, keep, kept } from '../drafts';
import { afterDrawing, announce, update } from '../frame';

interface FieldLook {
  label: string;
  hint?: unknown;
  type?: 'text' | 'search' | 'datetime-local' | 'date' | 'textarea';
  maximum?: number;
  required?: boolean;
}

export class Form<Values extends object> {
  values: Values;
  busy = false;
  problem: Problem | undefined;
  private errors = new Map<string, string>();

  constructor(private name: string, private initial: Values) {
    this.values = { ...initial, ...kept<Partial<Values>>(name) };
  }

  set<Name extends keyof Values>(name: Name, value: Values[Name]) {
    this.values[name] = value;
    keep(this.name, this.values);
    update();
  }

  clear() {
    this.values = { ...this.initial };
    this.errors.clear();
    this.problem = undefined;
    drop(this.name);
    update();
  }

  error = (name: string) => this.errors.get(name);
  get dirty() {
    return JSON.stringify(this.values) !== JSON.stringify(this.initial);
  }

  // `check` finds what needs no server to be seen; the server's own errors stand at the same places.
  async submit<T>(event: Event, check: () => [string, string][], send: () => Promise<T>): Promise<T | undefined> {
    event.preventDefault();
    if (this.busy) return undefined;
    this.problem = undefined;
    this.errors = new Map(check());
    if (this.errors.size) return void this.lead();
    this.busy = true;
    update();
    try {
      return await send();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.problem = problem;
      for (const { parameter, detail } of problem.errors) this.errors.set(parameter.replace(/[[.].*$/, ''), detail);
      announce(problem.detail);
      this.lead();
      return undefined;
    } finally {
      this.busy = false;
      update();
    }
  }

  private lead() {
    afterDrawing(() => document.getElementById(this.name)?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }

  // The problem as a whole, above the button. Errors of fields that the form does not have are told here, too.
  trouble(fields: string[]) {
    if (!this.problem) return nothing;
    const others = [...this.errors].filter(([name]) => !fields.includes(name));
    return html`<div class="failure" role="alert"><p>${this.problem.detail}</p>
      ${others.map(([name, detail]) => html`<p>${name}: ${detail}</p>`)}
      ${this.problem.request ? html`<p class="sub">Request ${this.problem.request}</p>` : nothing}</div>`;
  }

  // What belongs to a control: its id and what describes it.
  id = (name: string) => `${this.name}-${name}`;
  described = (name: string, hint: boolean) =>
    [hint ? `${this.id(name)}-hint` : '', this.errors.has(name) ? `${this.id(name)}-error` : ''].filter(Boolean).join(' ') || nothing;
  below(name: string, hint?: unknown) {
    const error = this.errors.get(name);
    return html`${hint ? html`<p class="hint" id="${this.id(name)}-hint">${hint}</p>` : nothing}
      ${error ? html`<p class="wrong" id="${this.id(name)}-error">${error}</p>` : nothing}`;
  }

  field(name: keyof Values & string, { label, hint, type = 'text', maximum, required }: FieldLook) {
    const value = String(this.values[name] ?? '');
    const input = (event: Event) => this.set(name, (event.target as HTMLInputElement).value as Values[typeof name]);
    const invalid = this.errors.has(name) ? 'true' : nothing;
    const described = this.described(name, Boolean(hint));
    return html`<div class="field">
      <label for=${this.id(name)}>${label}${required ? nothing : html` <span class="sub">optional</span>`}</label>
      ${type === 'textarea'
        ? html`<textarea id=${this.id(name)} rows="4" maxlength=${maximum ?? nothing} aria-invalid=${invalid} aria-describedby=${described} aria-required=${required ? 'true' : nothing}
            .value=${asShown(value)} @input=${input}></textarea>`
        : html`<input id=${this.id(name)} type=${type} maxlength=${maximum ?? nothing} autocomplete="off" aria-invalid=${invalid} aria-describedby=${described}
            aria-required=${required ? 'true' : nothing} .value=${asShown(value)} @input=${input} />`}
      ${this.below(name, hint)}
    </div>`;
  }

  // One of a few words.
  choice<Name extends keyof Values & string>(name: Name, label: string, words: readonly [string, string][]) {
    const change = (event: Event) => this.set(name, (event.target as HTMLInputElement).value as Values[Name]);
    return html`<fieldset class="choice"><legend>${label}</legend>
      ${words.map(([value, text]) => html`<label><input type="radio" name=${this.id(name)} value=${value} .checked=${asShown(this.values[name] === value)} @change=${change} />${text}</label>`)}
      ${this.below(name)}
    </fieldset>`;
  }

  select<Name extends keyof Values & string>(name: Name, label: string, words: readonly [string, string][]) {
    const change = (event: Event) => this.set(name, (event.target as HTMLSelectElement).value as Values[Name]);
    return html`<div class="field"><label for=${this.id(name)}>${label}</label>
      <select id=${this.id(name)} aria-describedby=${this.described(name, false)} @change=${change}>
        ${words.map(([value, text]) => html`<option value=${value} ?selected=${this.values[name] === value}>${text}</option>`)}
      </select>${this.below(name)}</div>`;
  }
}
