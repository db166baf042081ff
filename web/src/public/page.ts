// The public page's script: the reader's theme and own time, honest freshness, walking the days. The page is whole without
// it. What is shown is always the server's HTML: the script replaces parts of it by newer ones, and tells their age.

const html = document.documentElement;
const data = html.dataset;
const find = (selector: string, root: ParentNode = document) => root.querySelector<HTMLElement>(selector)!;
const all = (selector: string, root: ParentNode = document) => [...root.querySelectorAll<HTMLElement>(selector)];
const say = (text: string, fillings: Record<string, string>) => text.replace(/{(\w+)}/g, (_, name) => fillings[name]);
const now = () => performance.now();
const floor = Math.floor;

// unit, theme, your time, data old, last known ago, last known, checked, day without incident, day without data
const said: { u: string[]; th: string[]; yt: string; old: string; ago: string; lk: string; ck: string; d: string[] } =
  JSON.parse((find('#w') as HTMLTemplateElement).content.textContent!);

// As the server writes it: the two largest units.
const sizes = [1, 60, 3600, 86400];
const span = (ms: number) => {
  const s = Math.max(0, floor(ms / 1e3));
  const unit = sizes.filter((size) => size <= s).length - 1;
  if (unit < 1) return `${s} ${said.u[0]}`;
  const rest = unit > 1 || s < 600 ? floor((s % sizes[unit]) / sizes[unit - 1]) : 0;
  return `${floor(s / sizes[unit])} ${said.u[unit]}` + (rest ? ` ${rest} ${said.u[unit - 1]}` : '');
};

// --- The theme, before the first paint ------------------------------------------------------------------------------
let theme = 0;
const setTheme = (chosen: number) => {
  theme = chosen % 3 || 0;
  data.theme = ['', 'light', 'dark'][theme];
};
try {
  setTheme(localStorage.theme);
} catch {} // storage may be forbidden

// --- Freshness --------------------------------------------------------------------------------------------------------
const every = +data.every! * 1e3;
const staleAfter = Math.max(5 * every, 6e5);
let seq = +data.seq!;
let updated = Date.parse(data.at!);
// The server's clock less ours, from its last answer. Until there is one the reader's clock has to do.
let ahead = Date.now() - now();
const age = (since = updated) => ahead + now() - since;
// Never green, not for a moment.
const stale = () => html.classList.toggle('stale', age() > staleAfter);

const tellLocalTimes = () => {
  for (const time of all('time.l') as HTMLTimeElement[]) {
    const at = new Date(time.dateTime);
    if (at.getTimezoneOffset()) {
      time.className = '';
      time.append(` (${say(said.yt, { time: at.toLocaleString(html.lang, { weekday: 'short', hour: '2-digit', minute: '2-digit' }) })})`);
    }
  }
};

const index = () => {
  let shown: string | undefined; // what the page shows, in the words of status.json
  let failures = 0;
  let quiet = 0;
  let grey = false;
  let timer = 0;
  let moved = -2e3;

  // --- walking the days
  const today = 89;
  const walk = (bars: HTMLElement, day: number) => {
    const svg = find('svg', bars);
    const first = svg.clientWidth > bars.clientWidth ? 60 : 0; // a narrow page shows 30 days
    day = Math.min(today, Math.max(first, day));
    const row = find(`[data-i="${day}"]`, bars.closest('li')!);
    const date = new Date(updated - (today - day) * 864e5);
    const what = row ? all('td', row).map((cell) => cell.textContent).join(', ') : said.d[+(bars.dataset.d![day] > '3')];
    const text = `${date.toLocaleDateString(html.lang, { dateStyle: 'medium', timeZone: 'UTC' })}: ${what}`;
    bars.ariaValueMin = '' + first;
    bars.ariaValueNow = '' + day;
    bars.ariaValueText = bars.dataset.tip = text;
    // Where the tip stands, without an inline style: one of ten places.
    bars.dataset.x = '' + floor(day / 9);
  };
  const barsOf = (event: Event) => (event.target as Element).closest<HTMLElement>('.bars');
  const enhance = () => {
    for (const bars of all('.bars')) {
      bars.tabIndex = 0;
      bars.role = 'slider';
      bars.ariaLabel = find('svg', bars).ariaLabel;
      bars.ariaValueMax = '' + today;
      walk(bars, today);
    }
    tellLocalTimes();
  };
  const main = find('main');
  main.onpointermove = (event) => {
    moved = now();
    const bars = barsOf(event);
    if (!bars) return;
    const box = find('svg', bars).getBoundingClientRect();
    walk(bars, floor(((event.clientX - box.x) / box.width) * (today + 1)));
  };
  main.onkeydown = (event) => {
    const bars = barsOf(event);
    if (event.key == 'Escape') bars?.blur();
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!bars || !step) return;
    event.preventDefault();
    walk(bars, +bars.ariaValueNow! + step);
  };

  // --- newer HTML: what is the same element stays it, with its focus and what was opened in it
  const morph = (old: HTMLElement, fresh: HTMLElement) => {
    if (old.nodeName != fresh.nodeName || old.id != fresh.id) return old.replaceWith(fresh);
    if (!fresh.attributes) old.textContent = fresh.textContent;
    else {
      // A group that got better or worse is as the server would have it.
      if (old.className != fresh.className && 'open' in fresh && fresh.open) old.setAttribute('open', '');
      for (const { name, value } of fresh.attributes) if (name != 'open') old.setAttribute(name, value);
      old.hidden = fresh.hidden;
      const parts = [...old.childNodes] as HTMLElement[];
      const newer = [...fresh.childNodes] as HTMLElement[];
      newer.forEach((part, i) => (parts[i] ? morph(parts[i], part) : old.append(part)));
      for (const part of parts.slice(newer.length)) part.remove();
    }
  };
  const put = (page: Document) => {
    const before = find('h1').textContent;
    const { dataset } = page.documentElement;
    seq = Math.max(seq, +dataset.seq!);
    updated = Date.parse(dataset.at!);
    document.title = page.title;
    morph(find('[rel=icon]'), find('[rel=icon]', page));
    morph(main, find('main', page));
    grey = false;
    const title = find('h1').textContent;
    find('#live').textContent = title == before ? '' : title;
    enhance();
    tick();
  };
  // A document from XMLHttpRequest runs nothing and needs no trusted HTML.
  const refresh = (told?: string) => {
    // Nothing moves under the pointer, within reason.
    if (now() - moved < 2e3 && ++quiet < 9) return void setTimeout(refresh, 2e3, told);
    const request = new XMLHttpRequest();
    request.open('GET', location.pathname);
    request.responseType = 'document';
    request.onload = () => {
      const page: Document | null = request.response;
      if (request.status != 200 || !page || !(+page.documentElement.dataset.seq! >= seq)) return;
      put(page);
      shown = told;
      quiet = 0;
    };
    request.send();
  };

  // --- age
  const tick = () => {
    const old = age();
    find('#age').textContent = say(said.old, {
      span: span(old),
      time: new Date(updated).toISOString().slice(11, 19) + ' UTC',
    });
    html.classList.toggle('late', old > 2 * every);
    for (const place of all('[open] .ck'))
      place.textContent = say(said.ck, { span: span(age(Date.parse(place.dataset.at!))) });
    if (!stale()) return grey && refresh();
    const title = find('h1');
    title.textContent = document.title = say(said.ago, { span: span(old), state: title.dataset.is! });
    if (grey) return;
    grey = true;
    (find('[rel=icon]') as HTMLLinkElement).href = 'data:,';
    for (const text of all('.st > span')) text.textContent = say(said.lk, { state: text.textContent! });
  };

  const poll = async () => {
    clearTimeout(timer);
    try {
      const answer = await fetch('status.json', { cache: 'no-cache', signal: AbortSignal.timeout(1e4) });
      const status = await answer.json();
      if (!answer.ok) throw 0;
      const date = Date.parse(answer.headers.get('date')!) + (+answer.headers.get('age')! || 0) * 1e3;
      if (date) ahead = date - now();
      failures = 0;
      if (status.seq >= seq) {
        const rendered = status.seq == seq; // together with the page
        seq = status.seq;
        updated = Date.parse(status.updated_at);
        for (const service of status.services) {
          const place = find(`#s-${service.id} .ck`);
          if (place && service.last_checked_at) place.dataset.at = service.last_checked_at;
        }
        // Without seq, updated_at, last_checked_at, latency_ms and uptime: they change all the time.
        const told = JSON.stringify(status, (name, value) => (/seq|d_at|lat|upt/.test(name) ? 0 : value));
        if (rendered) shown ??= told;
        if (told != shown || ++quiet > 20) refresh(told);
      }
    } catch {
      ++failures;
    }
    tick();
    timer = setTimeout(poll, Math.min(every * 2 ** failures, 3e5));
  };

  enhance();
  tick();
  setInterval(tick, 1e3);
  // A page that looks old by the reader's clock, or was away, asks at once.
  timer = setTimeout(poll, stale() ? 0 : Math.min(every, 1e4));
  document.onvisibilitychange = () => document.hidden || poll();
};

if (data.seq) stale();
addEventListener('DOMContentLoaded', () => {
  const button = find('#theme');
  const tell = () => (button.textContent = said.th[theme]);
  button.hidden = false;
  button.onclick = () => {
    setTheme(theme + 1);
    tell();
    localStorage.theme = theme;
  };
  tell();
  if (data.seq) index();
  else tellLocalTimes();
});
