// Who is here, how it looks, and the API's tokens.
import { html, nothing } from 'lit-html';
import { live as asShown } from 'lit-html/directives/live.js';
import { may, session } from '../api';
import { update } from '../frame';
import { utcTime, words } from '../format';
import { setSingleKeys, setTheme, singleKeys, theme, themes } from '../preferences';
import { Tokens } from '../parts/tokens';
import { fact } from '../parts/timeline';
import type { View } from '../router';

const roles = { viewer: 'Viewer: reads', operator: 'Operator: reads and acts', admin: 'Admin: everything' };

export class SettingsView implements View {
  section = 'settings';
  title = () => 'Settings';
  private tokens: Tokens | undefined;

  render() {
    const known = session();
    if (may('admin')) this.tokens ??= new Tokens();
    return html`<div class="column"><h1 tabindex="-1">Settings</h1>
      <section aria-labelledby="session"><h2 id="session">Session</h2><div class="card pad">
        ${known
          ? html`<dl class="facts">${fact('User', known.user)} ${fact('Role', roles[known.role] ?? words(known.role))}
              ${fact('Ends', known.expires_at ? utcTime(Date.parse(known.expires_at)) : 'When the program ends')}</dl>
              ${known.demo ? html`<p class="sub">The demo asks for no login. A server of your own does: <code>allclear user create NAME --role admin</code>.</p>` : nothing}`
          : nothing}
      </div></section>
      <section aria-labelledby="looks"><h2 id="looks">This browser</h2><div class="card pad">
        <fieldset class="choice"><legend>Theme</legend>${themes.map((name, at) => html`<label><input type="radio" name="theme" .checked=${asShown(theme() === at)} @change=${() => this.choose(at)} />${name}</label>`)}</fieldset>
        <label class="check"><input type="checkbox" .checked=${asShown(singleKeys())} @change=${(event: Event) => setSingleKeys((event.target as HTMLInputElement).checked)} />Single keys act: j, k, a, x, / and ?</label>
      </div></section>
      ${this.tokens?.render() ?? nothing}</div>`;
  }

  private choose(at: number) {
    setTheme(at);
    update();
  }
}
