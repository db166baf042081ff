// Which view an address below /ops/ is. Links stay links: a plain click on one of ours changes the view, any other opens as ever.
import { afterDrawing, update } from './frame';

export interface View {
  title(): string;
  section: string; // the entry of the navigation that it belongs to
  render(): unknown;
  key?(event: KeyboardEvent): boolean; // whether it took the key
  drawn?(): void; // what can only be measured once it is there
  leave?(): void;
}

type Open = (found: string[], query: URLSearchParams) => View;

const routes: [RegExp, Open][] = [];
let shown: View | undefined;
let path = '';

export const route = (pattern: RegExp, open: Open) => routes.push([pattern, open]);
export const current = () => shown;

function plain(text: string) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no address of ours
  }
}

function open(missing: Open) {
  shown?.leave?.();
  path = location.pathname;
  const found = routes.map(([pattern, make]) => ({ make, match: pattern.exec(plain(path)) })).find(({ match }) => match);
  const query = new URLSearchParams(location.search);
  shown = found ? found.make(found.match!.slice(1), query) : missing([path], query);
  update();
}

let none: Open;

export function go(to: string) {
  history.pushState(null, '', to);
  open(none);
  scrollTo(0, 0);
  // People who do not see it hear where they are.
  afterDrawing(() => document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }));
}

// The address follows what is shown, without a step in the history.
export function rename(query: URLSearchParams) {
  const text = query.toString();
  history.replaceState(history.state, '', location.pathname + (text ? `?${text}` : ''));
}

export function start(missing: Open) {
  none = missing;
  addEventListener('popstate', () => open(none));
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a');
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const to = new URL(link.href, location.href);
    if (to.origin !== location.origin || !to.pathname.startsWith('/ops/') || link.target || to.pathname === '/ops/login') return;
    event.preventDefault();
    if (to.hash && to.pathname === location.pathname) return document.querySelector<HTMLElement>(to.hash)?.focus();
    go(to.pathname + to.search);
  });
  open(none);
}
