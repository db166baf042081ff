// An incident's timeline, oldest first. What the monitor noted, what people told the public, and what they noted for themselves look different.
import { html, nothing } from 'lit-html';
import { utcDay, words } from '../format';
import type { TimelineEntry } from '../types';
import { clockTime } from './signs';

const steps: Record<string, string> = {
  opened: 'Opened', acknowledged: 'Acknowledged', escalated: 'Got worse', updated: 'Noted', reminder: 'Reminded', resolved: 'Resolved',
  reopened: 'Reopened', flapping_started: 'Flapping began', flapping_stopped: 'Flapping ended',
};

function kindOf({ author, body }: TimelineEntry) {
  if (author === null) return 'automatic';
  return body ? 'public' : 'internal';
}

const kindWords = { automatic: 'Automatic', public: 'Public', internal: 'Internal' };

function entry(one: TimelineEntry) {
  const kind = kindOf(one);
  const step = one.step === 'updated' && one.author !== null ? (kind === 'public' ? 'Update' : 'Note') : (steps[one.step] ?? words(one.step));
  const spoken = one.body || (one.author !== null ? one.evidence : '');
  const evidence = one.author === null || one.body ? one.evidence : '';
  return html`<li class="entry ${kind}">
    <p class="entry-head"><b>${step}</b><span class="tag">${kindWords[kind]}</span><span class="sub">${one.author ?? 'AllClear'} · ${clockTime(one.at)} · ${words(one.state)}</span></p>
    ${spoken ? html`<p class="words">${spoken}</p>` : nothing}
    ${evidence ? html`<pre class="evidence">${evidence}</pre>` : nothing}
  </li>`;
}

export const timeline = (entries: TimelineEntry[]) => html`<ol class="entries">${entries.map(entry)}</ol>`;

// As the public page shows it.
export function preview(state: string, body: string, now: number) {
  return html`<div class="preview" aria-label="Preview of the status page" role="group">
    <p class="sub">On the status page</p>
    <p><b>${words(state)}</b> <span class="sub">${utcDay(now)}</span></p>
    <p class="words">${body || 'Your words.'}</p>
  </div>`;
}

// "Verdict. Confidence: high." and lines of what was ruled out and seen: as the engine writes it.
export function diagnosis(text: string) {
  const [verdict, ...rest] = text.split('\n');
  const [said, confidence] = verdict.split(/ Confidence: (?=\w+\.$)/);
  return html`<p class="strong">${said}</p>
    <dl class="facts one">
      ${confidence ? fact('Confidence', words(confidence.replace('.', ''))) : nothing}
      ${rest.map((line) => {
        const at = line.indexOf(': ');
        return at > 0 ? fact(line.slice(0, at), line.slice(at + 2)) : html`<div><dd>${line}</dd></div>`;
      })}
    </dl>`;
}

export const fact = (name: string, value: unknown, look = '') => html`<div class=${look}><dt>${name}</dt><dd>${value}</dd></div>`;
