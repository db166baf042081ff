// Figures and times as people read them. Pure but for the reader's zone.

const units: [number, string][] = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];

// The two largest units: "2 h 5 min", "18 min".
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const at = units.findIndex(([size]) => whole >= size);
  if (at < 0) return '0 s';
  const [size, name] = units[at];
  const next = units[at + 1];
  const rest = next && (size > 60 || whole < 600) ? Math.floor((whole % size) / next[0]) : 0;
  return `${Math.floor(whole / size)} ${name}${rest ? ` ${rest} ${next[1]}` : ''}`;
}

export const seconds = (time: string) => Date.parse(time) / 1000;

export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  return value >= 10 ? `${Math.round(value).toLocaleString('en')} ms` : `${value.toFixed(1)} ms`;
}

// Cut, never rounded up: 100 % means all of it.
export function percent(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined) return '–';
  if (ratio >= 1) return '100 %';
  return `${(Math.floor(ratio * 10_000 + 1e-6) / 100).toFixed(2)} %`;
}

export const count = (value: number) => value.toLocaleString('en');
export const plural = (value: number, one: string, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

const utc = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: 'UTC',
});
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: 'UTC' });
const local = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

export const utcTime = (at: number) => `${utc.format(at)} UTC`;
export const utcClock = (at: number) => clock.format(at);
export const utcDay = (at: number) => day.format(at);
export const localTime = (at: number) => local.format(at);
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const reasons: Record<string, string> = {
  ok: '', slow: 'slow', timeout: 'timed out', refused: 'connection refused', reset: 'connection reset', dns_failure: 'DNS failed',
  nxdomain: 'name does not exist', tls_expired: 'certificate expired', tls_self_signed: 'certificate self-signed',
  tls_untrusted: 'certificate untrusted', tls_wrong_host: 'certificate of another host', tls_failure: 'TLS failed',
  certificate_expiring: 'certificate expires soon', unexpected_status: 'unexpected status', body_mismatch: 'body not as expected',
  json_mismatch: 'JSON not as expected', redirect_limit: 'too many redirects', too_large: 'answer too large',
  protocol_error: 'protocol error', missed: 'missed', threshold: 'over its threshold', truncated: 'answer cut short',
  servfail: 'DNS server failed', blocked_address: 'address not allowed', paused: 'paused', no_data: 'no data yet',
  unsupported: 'not supported', local_fault: "the monitor's own fault",
};
export const reason = (code: string) => reasons[code] ?? code.replaceAll('_', ' ');

export const words = (code: string) => {
  const text = code.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};
