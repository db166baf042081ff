// Single keys: they can be turned off (WCAG 2.1.4), and never take what is typed into a field.
import { html } from 'lit-html';
import { singleKeys } from './preferences';
import { current } from './router';

const keys: [string, string][] = [
  ['/', 'Search'], ['j', 'Next service'], ['k', 'Service before'], ['Enter', 'Open it'], ['a', 'Acknowledge its incident'], ['x', 'Pick it'],
  ['?', 'This help'],
];

const dialog = () => document.querySelector<HTMLDialogElement>('#help');

export const openHelp = () => dialog()?.showModal();

export const help = () => html`<dialog id="help" aria-labelledby="keys">
  <h2 id="keys">Keys</h2>
  <dl class="keys">${keys.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
  <p class="sub">They can be turned off in <a href="/ops/settings" @click=${() => dialog()?.close()}>Settings</a>.</p>
  <form method="dialog"><button class="button">Close</button></form>
</dialog>`;

export function listenToKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog()?.open) return;
    const field = (event.target as Element).closest<HTMLElement>('input:not([type=checkbox]):not([type=radio]), textarea, select');
    if (field) {
      if (event.key === 'Escape' && field.id === 'search') field.blur();
      return;
    }
    if (event.key !== 'Enter' && !singleKeys()) return;
    if (event.key === '?') openHelp();
    else if (!current()?.key?.(event)) return;
    event.preventDefault();
  });
}
