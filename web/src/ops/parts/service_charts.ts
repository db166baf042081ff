// A service's latency over a range: percentiles as they come from the API, never averaged here, and where the time went.
import { html, nothing } from 'lit-html';
import { get } from '../api';
import { update } from '../frame';
import { count, percent, seconds } from '../format';
import { live } from '../live';
import { empty, Resource } from '../resource';
import { phases, phaseWords, type CheckSeries, type Incident, type Series } from '../types';
import { Chart, type Line } from './chart';

export const ranges = ['1h', '24h', '7d', '90d'] as const;
export type Range = (typeof ranges)[number];
const rangeWords: Record<Range, string> = { '1h': '1 hour', '24h': '24 hours', '7d': '7 days', '90d': '90 days' };
const again = 30_000; // ms between two questions while the view is open

const nameOf = ({ check, location }: CheckSeries) => (check === null ? 'all checks' : location && location !== 'local' ? `${check} from ${location}` : check);

export class ServiceCharts {
  private series: Resource<Series>;
  private latency: Chart;
  private split: Chart;
  private chosen = 0;
  private drawn: unknown[] = [];
  private timer: number;

  constructor(private service: string, private range: Range, private incidents: () => Incident[], private renamed: (range: Range) => void) {
    this.latency = new Chart(service);
    this.split = new Chart(service);
    this.series = new Resource(() => this.ask());
    this.timer = setInterval(() => document.hidden || void this.series.load(), again);
  }

  leave() {
    clearInterval(this.timer);
    this.latency.leave();
    this.split.leave();
  }

  private ask = () => get<Series>(`/api/v1/services/${encodeURIComponent(this.service)}/series?range=${this.range}`);

  private choose(range: Range) {
    this.range = range;
    this.renamed(range);
    void this.series.change(this.ask);
    update();
  }

  // The charts draw themselves: only when what they show is another.
  draw() {
    const series = this.series.value;
    const one = series?.checks[this.chosen] ?? series?.checks[0];
    if (!one || !this.latency.element.isConnected) return;
    const bands = this.incidents().map(({ started_at, ended_at }): [number, number] => [seconds(started_at), ended_at ? seconds(ended_at) : live.now()]);
    const shown = [one, bands.length, bands.at(0)?.[0]];
    if (shown.every((part, at) => part === this.drawn[at])) return;
    this.drawn = shown;
    const line = (name: string, color: string, values: (number | null)[], look: Partial<Line> = {}): Line => ({ name, color, values, ...look });
    this.latency.show({
      name: `Latency of ${nameOf(one)}, ${rangeWords[this.range]}`, times: one.t, threshold: one.threshold_ms, bands,
      lines: [line('p50', '--p50', one.p50_ms, { wide: true }), line('p95', '--p95', one.p95_ms), line('p99', '--p99', one.p99_ms, { dashed: true })],
    });
    if (one.phases_ms && this.split.element.isConnected)
      this.split.show({ name: `Phases of ${nameOf(one)}, ${rangeWords[this.range]}`, times: one.t, bands, lines: stacked(one.phases_ms) });
  }

  render() {
    return html`<section aria-labelledby="latency">
      <div class="heading"><h2 id="latency">Latency</h2>${this.picker()}
        <div class="segments" role="group" aria-label="Range">${ranges.map(
          (range) => html`<button type="button" aria-pressed=${range === this.range} aria-label=${rangeWords[range]} @click=${() => this.choose(range)}>${range.replace(/(\d+)/, '$1 ')}</button>`,
        )}</div></div>
      <div class="card pad charts">${this.series.show((series) => this.body(series), 6)}</div>
    </section>`;
  }

  private picker() {
    const checks = this.series.value?.checks ?? [];
    if (checks.length < 2) return nothing;
    const change = (event: Event) => {
      this.chosen = Number((event.target as HTMLSelectElement).value);
      update();
    };
    return html`<label class="inline"><span class="vh">Check</span><select @change=${change}>${checks.map((one, at) => html`<option value=${at} ?selected=${at === this.chosen}>${nameOf(one)}</option>`)}</select></label>`;
  }

  private body({ checks }: Series) {
    const one = checks[this.chosen] ?? checks[0];
    if (!one || one.count.every((number) => !number))
      return empty('Nothing was measured in this range.', html`<p>Choose a longer one, or check the service now.</p>`);
    return html`${this.latency.element}
      <h3>Where the time goes</h3>
      ${one.phases_ms ? this.split.element : html`<p class="sub">${this.range === '1h' || this.range === '24h' ? 'No phases are known of this check.' : 'Phases are kept of the newest results only: choose 1 h or 24 h.'}</p>`}
      ${successes(checks)}`;
  }
}

// Each drawn on what is below it; the tallest first, so that the others lie over it.
function stacked(parts: NonNullable<CheckSeries['phases_ms']>): Line[] {
  const length = Math.max(...phases.map((phase) => parts[phase]?.length ?? 0));
  const sums: (number | null)[] = Array.from({ length }, () => null);
  const lines = phases.filter((phase) => parts[phase]?.some((value) => value !== null)).map((phase): Line => {
    parts[phase].forEach((value, at) => {
      if (value !== null) sums[at] = (sums[at] ?? 0) + value;
    });
    return { name: phaseWords[phase], color: `--phase-${phase}`, values: parts[phase], drawn: [...sums], filled: true };
  });
  return lines.reverse();
}

function successes(checks: CheckSeries[]) {
  const sum = (values: (number | null)[]) => values.reduce<number>((all, value) => all + (value ?? 0), 0);
  return html`<h3>Success</h3><div class="scroll" role="group" tabindex="0" aria-label="Success by check and location"><table class="plain">
    <thead><tr><th>Check</th><th>Location</th><th class="num">Results</th><th class="num">Failed</th><th class="num">Success</th></tr></thead>
    <tbody>${checks.map((one) => {
      const all = sum(one.count);
      const failed = sum(one.failed);
      return html`<tr><td>${one.check ?? 'All checks'}</td><td>${one.location ?? 'All'}</td><td class="num">${count(all)}</td><td class="num">${count(failed)}</td><td class="num">${all ? percent((all - failed) / all) : '–'}</td></tr>`;
    })}</tbody></table></div>`;
}
