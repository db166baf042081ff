// The frame around every view: navigation, who is here, how fresh the data is, help.
import { html, nothing, render } from 'lit-html';
import { session } from './api';
import { announce, announced } from './frame';
import { span } from './format';
import { live } from './live';
import { help } from './keys';
import { openIncidents } from './parts/attention';
import { sprite } from './parts/signs';
import { current } from './router';

const sections: [string, string, string][] = [
  ['overview', '/ops/', 'Overview'], ['incidents', '/ops/incidents', 'Incidents'], ['maintenance', '/ops/maintenance', 'Maintenance'],
  ['alerts', '/ops/alerts', 'Alerts'], ['settings', '/ops/settings', 'Settings'],
];

let root: HTMLElement;
let wasUnreachable = false;
let section = '';

// A problem before the first data is the view's to show; afterwards it is old data, and this says so everywhere.
function notice() {
  if (!live.cutOff()) return nothing;
  return html`<p class="notice"><svg class="i unknown" aria-hidden="true"><use href="#i-unknown"></use></svg>Reconnecting, data ${span(live.age())} old<button
      type="button" class="link" @click=${live.fetch}>Try now</button></p>`;
}

function navigation() {
  const open = openIncidents().length;
  return html`<nav aria-label="Main"><ul>${sections.map(
    ([section, href, name]) => html`<li><a href=${href} aria-current=${current()?.section === section ? 'page' : nothing}
      >${name}${section === 'incidents' && open ? html`<span class="badge" aria-label="${open} open">${open}</span>` : nothing}</a></li>`,
  )}</ul></nav>`;
}

function person() {
  const known = session();
  if (!known) return nothing;
  if (known.demo) return html`<span class="who sub">Demo</span>`;
  return html`<form class="who" method="post" action="/ops/logout">
    <input type="hidden" name="csrf" .value=${known.csrf} /><span class="sub">${known.user}</span>
    <button class="link">Sign out</button>
  </form>`;
}

function freshness() {
  if (!live.loaded) return nothing;
  const cut = live.cutOff();
  return html`<span class="fresh ${cut ? 'unknown' : 'up'}"><i></i>${cut ? 'Cut off' : 'Live'}</span>`;
}

export function draw() {
  const view = current();
  document.documentElement.classList.toggle('stale', live.stale());
  document.title = `${view?.title() ?? 'AllClear'} – ${live.page || 'AllClear'}`;
  const unreachable = live.cutOff();
  if (unreachable !== wasUnreachable) announce(unreachable ? 'Reconnecting, data is old' : 'Connected again');
  wasUnreachable = unreachable;
  render(
    html`${sprite}<a class="skip" href="#main">Skip to content</a>
      <header class="bar"><div class="inner">
        <a class="brand" href="/ops/">${live.page || 'AllClear'}</a>
        ${navigation()}
        <div class="right">${freshness()}<a class="sub" href="/">Status page</a>${person()}</div>
      </div></header>
      ${notice()}
      <main id="main" tabindex="-1">${view?.render()}</main>
      <div class="vh" role="status" aria-live="polite">${announced()}</div>
      ${help()}`,
    root,
  );
  view?.drawn?.();
  // A narrow screen shows a part of the navigation.
  if (view && view.section !== section) root.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  section = view?.section ?? '';
}

export function openShell() {
  root = document.createElement('div');
  root.id = 'ops';
  document.body.replaceChildren(root);
}
