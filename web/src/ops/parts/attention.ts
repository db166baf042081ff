// "Needs attention": the open incidents, those that nobody looks after first.
import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { acknowledge, isBusy, refusals } from '../acts';
import { may } from '../api';
import { afterDrawing, update } from '../frame';
import { plural, words } from '../format';
import { live } from '../live';
import type { Incident } from '../types';
import { because, icon, openFor, severityState } from './signs';

const shownAtFirst = 5;
let all = false;

const weight = { critical: 0, major: 1, minor: 2 };
const urgency = (one: Incident) => (one.acknowledged_at ? 10 : 0) + weight[one.severity];

export const openIncidents = () =>
  [...live.incidents.values()].sort((a, b) => urgency(a) - urgency(b) || (a.started_at < b.started_at ? 1 : -1));

// As they stood while somebody is at them: a card that was acknowledged does not go from under the finger.
let stood: string[] = [];
let pressing = 0; // between a press and the focus that follows it nobody is there, but for a moment
function arranged() {
  const open = openIncidents();
  if (pressing || document.querySelector('.attends:is(:hover, :focus-within)')) {
    const place = ({ id }: Incident) => (stood.includes(id) ? stood.indexOf(id) : stood.length);
    open.sort((a, b) => place(a) - place(b));
  }
  stood = open.map(({ id }) => id);
  return open;
}

// The button goes with what it did; whoever pressed it by keyboard stays at the card.
async function press(id: string) {
  ++pressing;
  await acknowledge(id);
  afterDrawing(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>(`.attends a[href$="${CSS.escape(id)}"]`)?.focus();
    --pressing;
  });
}

function card(incident: Incident) {
  const state = live.stale() ? 'unknown' : severityState(incident.severity);
  const refused = refusals.get(`ack ${incident.id}`);
  const why = because(incident.reason);
  return html`<li class="attend ${state}">
    ${icon(state)}
    <div class="grow">
      <a class="strong" href="/ops/incidents/${incident.id}">${incident.title}</a>
      <p class="sub">
        ${words(incident.state)}, open for ${openFor(incident)}${why ? `, ${why}` : ''}${incident.affects.length > 1
          ? `, affects ${incident.affects.length} services`
          : nothing}
      </p>
      ${refused ? html`<p class="wrong">${refused}</p>` : nothing}
    </div>
    ${incident.acknowledged_at
      ? html`<span class="tag">Acknowledged${incident.acknowledged_by ? ` by ${incident.acknowledged_by}` : ''}</span>`
      : may('operator')
        ? html`<button
            type="button" class="button" aria-disabled=${isBusy(`ack ${incident.id}`)} @click=${() => press(incident.id)}
            aria-label="Acknowledge ${incident.title}"
          >Acknowledge</button>`
        : html`<span class="tag">Not acknowledged</span>`}
  </li>`;
}

export function attention() {
  const open = arranged();
  const shown = all ? open.slice(0, 100) : open.slice(0, shownAtFirst);
  if (!open.length) return nothing;
  const more = () => {
    all = !all;
    update();
  };
  return html`<section aria-labelledby="attention">
    <div class="heading">
      <h2 id="attention">Needs attention</h2>
      <span class="sub">${plural(open.length, 'open incident')}, ${open.filter((one) => !one.acknowledged_at).length} not acknowledged</span>
    </div>
    <ul class="card attends">${repeat(shown, ({ id }) => id, card)}</ul>
    ${open.length > shownAtFirst
      ? html`<button type="button" class="link" aria-expanded=${all} @click=${more}>${all ? 'Show fewer' : `Show all ${open.length}`}</button>`
      : nothing}
  </section>`;
}
