// What was typed and not sent, kept for this tab: through a login, a reload, a wrong turn.

const prefix = 'allclear.draft.';

export function keep(name: string, value: unknown) {
  try {
    sessionStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {} // storage may be forbidden or full
}

export function kept<T>(name: string): T | null {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + name) ?? 'null');
  } catch {
    return null;
  }
}

export function drop(name: string) {
  try {
    sessionStorage.removeItem(prefix + name);
  } catch {}
}
