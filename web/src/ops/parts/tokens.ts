// The API's tokens: made here, shown once, revoked here.
import { html, nothing } from 'lit-html';
import { live as asShown } from 'lit-html/directives/live.js';
import { attempt, isBusy, refusals } from '../acts';
import { get, send } from '../api';
import { afterDrawing, announce, update } from '../frame';
import { words } from '../format';
import { empty, Resource } from '../resource';
import type { Token } from '../types';
import { Form } from './form';
import { clockTime, moment } from './signs';

const scopes = [['read', 'Read'], ['write', 'Write: read and act'], ['ingest', 'Ingest: agents and probes'], ['admin', 'Admin: everything']] as const;
const lives: readonly [string, string][] = [['30', '30 days'], ['90', '90 days'], ['365', '1 year'], ['', 'Until it is revoked']];

export class Tokens {
  private list = new Resource(async () => (await get<{ tokens: Token[] }>('/api/v1/tokens')).tokens);
  private form = new Form('token', { name: '', scopes: ['read'] as string[], expires_at: '90' });
  private made: { name: string; token: string } | undefined;
  private asked = '';

  private check = () => {
    const wrong: [string, string][] = [];
    if (!this.form.values.name.trim()) wrong.push(['name', 'Name it after what will use it.']);
    if (!this.form.values.scopes.length) wrong.push(['scopes', 'Pick at least one.']);
    return wrong;
  };

  private make = async (event: Event) => {
    const { name, scopes: wanted, expires_at } = this.form.values;
    const until = expires_at ? new Date(Date.now() + Number(expires_at) * 864e5).toISOString().replace(/\.\d+/, '') : null;
    const made = await this.form.submit(event, this.check, () => send<Token & { token: string }>('POST', '/api/v1/tokens', { name, scopes: wanted, expires_at: until }));
    if (!made) return;
    this.form.clear();
    this.made = made;
    announce('The token is made. It is shown this once.');
    void this.list.load();
    afterDrawing(() => document.querySelector<HTMLElement>('#made')?.focus());
  };

  private revoke = async ({ id, name }: Token) => {
    this.asked = '';
    await attempt(`revoke ${id}`, () => send('DELETE', `/api/v1/tokens/${encodeURIComponent(id)}`), `${name} is revoked`);
    void this.list.load();
  };

  render() {
    return html`<section aria-labelledby="tokens"><h2 id="tokens">Tokens</h2>
      ${this.made ? this.reveal(this.made) : nothing}
      ${this.list.show((tokens) => (tokens.length ? this.table(tokens) : empty('There is none yet. Scripts, agents and Prometheus each take one of their own.')))}
      ${this.maker()}
    </section>`;
  }

  private reveal({ name, token }: { name: string; token: string }) {
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(token);
        announce('Copied');
      } catch {
        announce('It could not be copied; select it by hand'); // no permission, or plain HTTP
      }
    };
    const done = () => {
      this.made = undefined;
      update();
    };
    return html`<div class="made up" id="made" tabindex="-1" role="group" aria-label="The new token">
      <p><b>${name}</b>: copy it now, it is not shown again.</p>
      <code>${token}</code>
      <div class="acts"><button type="button" class="button" @click=${copy}>Copy</button><button type="button" class="button quiet" @click=${done}>Done</button></div>
    </div>`;
  }

  private table(tokens: Token[]) {
    return html`<div class="scroll" role="group" aria-label="Tokens" tabindex="0"><table class="card plain">
      <thead><tr><th>Name</th><th>State</th><th>May</th><th>Used</th><th>Ends</th><th><span class="vh">Actions</span></th></tr></thead>
      <tbody>${tokens.map((one) => this.row(one))}</tbody></table></div>`;
  }

  private row(token: Token) {
    const ask = (id: string) => () => {
      this.asked = id;
      update();
    };
    const refused = refusals.get(`revoke ${token.id}`);
    return html`<tr>
      <td><b>${token.name}</b><span class="sub">${token.id}</span></td>
      <td>${words(token.state)}</td>
      <td>${token.kind === 'ping' ? `Heartbeat of ${token.service}` : token.scopes.join(', ')}</td>
      <td>${token.last_used_at ? moment(token.last_used_at) : html`<span class="sub">Never</span>`}</td>
      <td>${token.revoked_at ? clockTime(token.revoked_at) : token.expires_at ? clockTime(token.expires_at) : html`<span class="sub">Never</span>`}</td>
      <td><div class="acts">${token.state !== 'active' ? nothing : this.asked === token.id
        ? html`<button type="button" class="button danger" ?disabled=${isBusy(`revoke ${token.id}`)} @click=${() => this.revoke(token)}>Revoke</button><button type="button" class="button quiet" @click=${ask('')}>Keep</button>`
        : html`<button type="button" class="button" aria-label="Revoke ${token.name}" @click=${ask(token.id)}>Revoke…</button>`}
        </div>${refused ? html`<p class="wrong" role="alert">${refused}</p>` : nothing}</td>
    </tr>`;
  }

  private maker() {
    const { form } = this;
    const toggle = (scope: string) => (event: Event) => {
      const rest = form.values.scopes.filter((one) => one !== scope);
      form.set('scopes', (event.target as HTMLInputElement).checked ? [...rest, scope] : rest);
    };
    return html`<form id="token" class="card form" novalidate aria-label="Make a token" @submit=${this.make}>
      <h3>Make a token</h3>
      <div class="pair">${form.field('name', { label: 'Name', maximum: 64, required: true, hint: 'After what will use it: incidents name it.' })}
        ${form.select('expires_at', 'Ends after', lives)}</div>
      <fieldset class="choice" aria-describedby=${form.described('scopes', false)}><legend>It may</legend>${scopes.map(([scope, text]) => html`<label><input type="checkbox" aria-invalid=${form.error('scopes') ? 'true' : nothing} .checked=${asShown(form.values.scopes.includes(scope))} @change=${toggle(scope)} />${text}</label>`)}
        ${form.below('scopes')}</fieldset>
      ${form.trouble(['name', 'scopes', 'expires_at'])}
      <div class="acts"><button class="button primary" ?disabled=${form.busy}>Make it</button></div>
    </form>`;
  }
}
