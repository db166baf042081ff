// A chart over time that can be read without seeing it: a name, a cursor that the arrow keys move and a live region follows, and the same
// values as a table. Gaps stay gaps.
import uPlot from 'uplot';
import { html, nothing, render } from 'lit-html';
import { milliseconds, localTime } from '../format';

export interface Line {
  name: string;
  color: string; // name of a custom property
  values: (number | null)[]; // as told and shown in the table
  drawn?: (number | null)[]; // as drawn, when that differs: stacked
  dashed?: boolean;
  filled?: boolean;
  wide?: boolean;
}

export interface ChartContent {
  name: string;
  times: number[];
  lines: Line[];
  threshold?: number | null;
  bands?: [number, number][]; // incidents
}

const height = 200;
const font = '12px system-ui, sans-serif';

const tickLooks = { day: { day: 'numeric', month: 'short' }, clock: { hour: '2-digit', minute: '2-digit' } } as const;

// The time, or the day where one begins; of the reader's zone.
function tickWord(tick: number, step: number) {
  const at = new Date(tick * 1000);
  const whole = step >= 86_400 || (at.getHours() === 0 && at.getMinutes() === 0);
  return at.toLocaleString('en-GB', whole ? tickLooks.day : tickLooks.clock);
}

// A value between two gaps is no line, so it is drawn as a point.
function lonely(values: (number | null | undefined)[], from: number, to: number) {
  const found: number[] = [];
  for (let at = from; at <= to; ++at) if (values[at] != null && values[at - 1] == null && values[at + 1] == null) found.push(at);
  return found;
}

export class Chart {
  readonly element = document.createElement('div');
  private plot: uPlot | undefined;
  private content: ChartContent | undefined;
  private at = -1;
  private place: HTMLElement;
  private legend: HTMLElement;
  private table: HTMLElement;
  private watch: ResizeObserver;
  private redraw = () => this.content && this.show(this.content);
  private dark = matchMedia('(prefers-color-scheme: dark)');

  constructor(private cursorGroup: string) {
    this.element.className = 'chart';
    render(
      html`<div class="legend"></div>
        <div class="plot" role="application" aria-roledescription="chart" tabindex="0"></div>
        <div class="vh" aria-live="polite"></div><div class="values"></div>`,
      this.element,
    );
    [this.legend, this.place, , this.table] = [...this.element.children] as HTMLElement[];
    this.place.addEventListener('keydown', (event) => this.key(event));
    this.watch = new ResizeObserver(() => this.plot?.setSize({ width: this.place.clientWidth, height }));
    this.watch.observe(this.place);
    addEventListener('themechange', this.redraw);
    this.dark.addEventListener('change', this.redraw);
  }

  leave() {
    this.plot?.destroy();
    this.watch.disconnect();
    removeEventListener('themechange', this.redraw);
    this.dark.removeEventListener('change', this.redraw);
  }

  show(content: ChartContent) {
    const held = this.content && this.at >= 0 ? content.times.indexOf(this.content.times[this.at]) : -1;
    this.content = content;
    this.at = -1;
    this.place.ariaLabel = `${content.name}. Left and right arrow keys move through the times.`;
    this.plot?.destroy();
    const data = [content.times, ...content.lines.map((line) => line.drawn ?? line.values)] as uPlot.AlignedData;
    this.plot = new uPlot(this.options(content), data, this.place);
    // Newer data leaves the cursor at its time.
    if (held >= 0) this.put(held);
    this.tell();
    this.tabulate();
  }

  private color = (name: string) => getComputedStyle(this.element).getPropertyValue(name).trim() || '#888';

  private options(content: ChartContent): uPlot.Options {
    const muted = this.color('--muted');
    const line = this.color('--grid');
    const axis = { stroke: muted, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
    return {
      width: this.place.clientWidth || 600,
      height,
      legend: { show: false },
      cursor: { sync: { key: this.cursorGroup }, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { x: { time: true }, y: { range: (_, __, most) => [0, Math.max(most, content.threshold ?? 0, 1) * 1.08] } },
      axes: [
        { ...axis, grid: { show: false }, size: 28, values: (_, ticks, __, ___, step) => ticks.map((tick) => tickWord(tick, step)) },
        { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => (tick === 0 ? '0' : milliseconds(tick).replace('.0 ms', ' ms'))) },
      ],
      series: [{}, ...content.lines.map((one) => this.series(one))],
      hooks: {
        drawClear: [(plot) => this.bands(plot, content)],
        draw: [(plot) => this.threshold(plot, content)],
        setCursor: [(plot) => this.moved(plot.cursor.idx ?? -1)],
      },
    };
  }

  private series(line: Line): uPlot.Series {
    const color = this.color(line.color);
    return {
      stroke: line.filled ? this.color('--surface') : color,
      width: line.wide ? 2 : line.filled ? 1 : 1.5,
      ...(line.dashed ? { dash: [5, 4] } : {}),
      ...(line.filled ? { fill: color } : {}),
      points: {
        show: true, size: 5, fill: color, stroke: color,
        filter: (plot, index) => {
          const [from, to] = plot.series[0].idxs ?? [0, plot.data[0].length - 1];
          return lonely(plot.data[index] as (number | null)[], from, to);
        },
      },
    };
  }

  private bands(plot: uPlot, { bands = [] }: ChartContent) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = this.color('--band');
    for (const [from, to] of bands) {
      const left = Math.max(bbox.left, plot.valToPos(from, 'x', true));
      const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, 'x', true));
      if (right > bbox.left && left < bbox.left + bbox.width) ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
    }
    ctx.restore();
  }

  private threshold(plot: uPlot, { threshold }: ChartContent) {
    if (threshold == null) return;
    const { ctx, bbox } = plot;
    const y = Math.round(plot.valToPos(threshold, 'y', true)) + 0.5;
    ctx.save();
    ctx.strokeStyle = this.color('--degraded');
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }

  private key(event: KeyboardEvent) {
    const { content, plot } = this;
    const last = (content?.times.length ?? 0) - 1;
    if (!plot || last < 0) return;
    const from = this.at < 0 ? last + 1 : this.at;
    const to = { ArrowLeft: from - 1, ArrowRight: this.at + 1, Home: 0, End: last, PageUp: from - 10, PageDown: from + 10 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const at = Math.max(0, Math.min(last, to));
    this.put(at);
    (this.element.children[2] as HTMLElement).textContent = this.words(at);
  }

  private put(at: number) {
    this.plot!.setCursor({ left: this.plot!.valToPos(this.content!.times[at], 'x'), top: height / 2 });
    this.moved(at);
  }

  private moved(at: number) {
    if (at === this.at) return;
    this.at = at;
    this.tell();
  }

  private words(at: number) {
    const { times, lines } = this.content!;
    const said = lines.map(({ name, values }) => `${name} ${values[at] == null ? 'no data' : milliseconds(values[at])}`);
    return `${localTime(times[at] * 1000)}: ${lines.every(({ values }) => values[at] == null) ? 'no data' : said.join(', ')}`;
  }

  // The newest value, or that under the cursor.
  private tell() {
    const { times, lines, threshold } = this.content!;
    let last = times.length - 1;
    while (last >= 0 && lines.every(({ values }) => values[last] == null)) --last;
    const at = this.at >= 0 ? this.at : last;
    render(
      html`<ul>${lines.map(({ name, color, values, dashed, filled }) => html`<li><svg class="swatch s${color} ${dashed ? 'dashed' : ''}" aria-hidden="true">${filled
          ? html`<svg><rect width="12" height="12" rx="2"></rect></svg>` : html`<svg><path d="M0 6h16"></path></svg>`}</svg>${name} <b>${at < 0 ? '–' : milliseconds(values[at])}</b></li>`)}
        ${threshold == null ? nothing : html`<li><svg class="swatch s--degraded dotted" aria-hidden="true"><svg><path d="M0 6h16"></path></svg></svg>Slow above <b>${milliseconds(threshold)}</b></li>`}</ul>
        <span class="sub">${at < 0 ? 'No data' : `${localTime(times[at] * 1000)}, your time`}</span>`,
      this.legend,
    );
  }

  private tabulate() {
    const { name, times, lines } = this.content!;
    // Its rows exist only while it is open.
    const toggle = (event: Event) => {
      const details = event.target as HTMLDetailsElement;
      const rows = details.open ? times.map((time, at) => ({ time, at })).reverse() : [];
      render(
        html`<table class="plain"><thead><tr><th>Time</th>${lines.map((line) => html`<th class="num">${line.name}</th>`)}</tr></thead>
          <tbody>${rows.map(({ time, at }) => html`<tr><th scope="row">${localTime(time * 1000)}</th>${lines.map(({ values }) => html`<td class="num">${values[at] == null ? 'no data' : milliseconds(values[at])}</td>`)}</tr>`)}</tbody></table>`,
        details.querySelector<HTMLElement>('.scroll')!,
      );
    };
    render(
      html`<details @toggle=${toggle}><summary>As a table</summary><div class="scroll tall" role="group" tabindex="0" aria-label="${name}, as a table"></div></details>`,
      this.table,
    );
    const details = this.table.querySelector('details')!;
    if (details.open) toggle({ target: details } as unknown as Event);
  }
}
