// A list that the API gives in pages.
import { html, nothing } from 'lit-html';
import { Problem } from '../api';
import { update } from '../frame';
import { empty, failed, Resource } from '../resource';

const again = 15_000; // ms between two questions for the newest

interface Page<Row> {
  rows: Row[];
  next: string | null;
}

// `ask` has the cursor as the end of a query.
export class More<Row> {
  private first: Resource<Page<Row>>;
  private rows: Row[] = [];
  private next: string | null | undefined;
  private problem: Problem | undefined;
  private busy = false;

  private timer: number;

  constructor(private ask: (cursor: string) => Promise<Page<Row>>) {
    this.first = new Resource(() => ask(''));
    // Whoever has gone further back is left there.
    this.timer = setInterval(() => document.hidden || this.next !== undefined || this.busy || void this.first.load(), again);
  }

  leave() {
    clearInterval(this.timer);
  }

  replace(row: Row, same: (one: Row) => boolean) {
    const put = (rows: Row[]) => rows.map((one) => (same(one) ? row : one));
    this.rows = put(this.rows);
    if (this.first.value) this.first.value.rows = put(this.first.value.rows);
    update();
  }

  private more = async () => {
    this.busy = true;
    this.problem = undefined;
    update();
    try {
      const cursor = this.next === undefined ? this.first.value!.next : this.next;
      const page = await this.ask(`&cursor=${encodeURIComponent(cursor ?? '')}`);
      this.rows = [...this.rows, ...page.rows];
      this.next = page.next;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.problem = problem;
    }
    this.busy = false;
    update();
  };

  render(view: (rows: Row[]) => unknown, none: string, act: unknown = nothing) {
    return this.first.show(({ rows, next }) => {
      const all = [...rows, ...this.rows];
      if (!all.length) return empty(none, act);
      const left = this.next === undefined ? next : this.next;
      return html`${view(all)}${this.problem ? failed(this.problem, this.more) : nothing}
        ${left ? html`<p class="more"><button type="button" class="button" ?disabled=${this.busy} @click=${this.more}>Show older</button></p>` : nothing}`;
    }, 6);
  }
}
