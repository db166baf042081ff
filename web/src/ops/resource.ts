// Something asked of the API, with the four looks of a panel: loading, there, failed, and there but no longer fresh.
import { html, nothing, type TemplateResult } from 'lit-html';
import { Problem } from './api';
import { update } from './frame';

const waitBeforeSkeleton = 300; // ms

export class Resource<T> {
  value: T | undefined;
  problem: Problem | undefined;
  late = false; // no answer yet, for longer than people take for at once
  private asked = 0;

  constructor(private ask: () => Promise<T>) {
    void this.load();
  }

  // The newest question wins, whatever comes back first.
  async load(ask = this.ask) {
    this.ask = ask;
    const mine = ++this.asked;
    const timer = setTimeout(() => {
      this.late = mine === this.asked;
      update();
    }, waitBeforeSkeleton);
    try {
      const value = await ask();
      if (mine !== this.asked) return;
      this.value = value;
      this.problem = undefined;
    } catch (problem) {
      if (mine !== this.asked) return;
      if (!(problem instanceof Problem)) throw problem;
      this.problem = problem;
    } finally {
      clearTimeout(timer);
      if (mine === this.asked) this.late = false;
    }
    update();
  }

  // Something else from now on: what was there is not it.
  change(ask: () => Promise<T>) {
    this.value = undefined;
    this.problem = undefined;
    return this.load(ask);
  }

  show(view: (value: T) => unknown, lines = 3): unknown {
    if (this.value !== undefined) return html`${this.problem ? failed(this.problem, () => this.load()) : nothing}${view(this.value)}`;
    if (this.problem) return failed(this.problem, () => this.load());
    return this.late ? skeleton(lines) : nothing;
  }
}

export function failed(problem: Problem, again?: () => void): TemplateResult {
  return html`<div class="failure" role="alert">
    <p>${problem.detail}</p>
    ${problem.request ? html`<p class="sub">Request ${problem.request}</p>` : nothing}
    ${again ? html`<button type="button" class="button" @click=${again}>Try again</button>` : nothing}
  </div>`;
}

export function skeleton(lines: number) {
  return html`<div class="skeleton" role="status"><span class="vh">Loading</span>${Array.from({ length: lines }, () => html`<i></i>`)}</div>`;
}

export const empty = (text: string, next: unknown = nothing) => html`<div class="empty"><p>${text}</p>${next}</div>`;
