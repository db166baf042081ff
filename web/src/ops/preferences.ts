// The reader's choices, kept in this browser. The theme is the public page's own.

export const themes = ['System', 'Light', 'Dark'] as const;

function read(name: string) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string) {
  try {
    localStorage.setItem(name, value);
  } catch {} // storage may be forbidden
}

let chosen = 0;
let keys = read('allclear.keys') !== 'off';

export const theme = () => chosen;

export function setTheme(value: number) {
  chosen = value % 3 || 0;
  document.documentElement.dataset.theme = ['', 'light', 'dark'][chosen];
  write('theme', String(chosen));
  dispatchEvent(new Event('themechange'));
}

export const singleKeys = () => keys;

export function setSingleKeys(on: boolean) {
  keys = on;
  write('allclear.keys', on ? 'on' : 'off');
}

export const applyTheme = () => setTheme(Number(read('theme')));
