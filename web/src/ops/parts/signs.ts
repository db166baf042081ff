// What a state looks like everywhere: an icon, a word, a colour. Old data has the icon of what nobody knows.
import { html, nothing } from 'lit-html';
import { reason, seconds, span, utcClock, utcDay, utcTime } from '../format';
import { live } from '../live';
import type { Incident, State } from '../types';

// As on the public page.
export const sprite = html`<svg class="sprite" width="0" height="0" aria-hidden="true">
  <symbol id="i-up" viewBox="0 0 20 20"><circle cx="10" cy="10" r="9" /><path class="k" d="M5.8 10.3 8.7 13.2 14.3 7" /></symbol>
  <symbol id="i-degraded" viewBox="0 0 20 20"><path d="M10 1.6 19.3 18H.7z" /><path class="k" d="M10 7.4v4.8M10 15.2v.2" /></symbol>
  <symbol id="i-down" viewBox="0 0 20 20">
    <path d="M6.2 1h7.6L19 6.2v7.6L13.8 19H6.2L1 13.8V6.2z" /><path class="k" d="m6.7 6.7 6.6 6.6m0-6.6-6.6 6.6" />
  </symbol>
  <symbol id="i-maintenance" viewBox="0 0 20 20"><rect x="1" y="1" width="18" height="18" rx="3" /><path class="k" d="M7.2 6v8m5.6-8v8" /></symbol>
  <symbol id="i-unknown" viewBox="0 0 20 20"><circle class="r" cx="10" cy="10" r="8" /></symbol>
</svg>`;

export const icon = (state: State) => html`<svg class="i" aria-hidden="true"><use href="#i-${state}"></use></svg>`;

const stateWords: Record<State, string> = { up: 'Up', degraded: 'Degraded', down: 'Down', maintenance: 'Maintenance', unknown: 'Unknown' };
export const stateWord = (state: State) => stateWords[state];

// Never green while stale.
export function sign(state: State, more: unknown = nothing, past = 'Last known') {
  const old = live.stale();
  return html`<span class="st ${old ? 'unknown' : state}">${icon(old ? 'unknown' : state)}<span
      >${old ? `${past} ${stateWord(state).toLowerCase()}` : stateWord(state)}${more}</span
    ></span>`;
}

export const severityState = (severity: Incident['severity']): State => (severity === 'minor' ? 'degraded' : 'down');

export const moment = (time: string) => {
  const at = Date.parse(time);
  return html`<time datetime=${time} title=${utcTime(at)}>${span(live.now() - at / 1000)} ago</time>`;
};

// With its day when that is not today.
export const clockTime = (time: string) => {
  const at = Date.parse(time);
  const today = utcDay(at) === utcDay(live.now() * 1000);
  return html`<time datetime=${time}>${today ? '' : `${utcDay(at)}, `}${utcClock(at)} UTC</time>`;
};

export const openFor = (incident: Incident) =>
  incident.ended_at
    ? span(incident.duration_s ?? seconds(incident.ended_at) - seconds(incident.started_at))
    : span(live.now() - seconds(incident.started_at));

export const because = (code: string) => reason(code);
