import { byId } from './dom.js';

const SHOWN_MS = 3500;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something in passing. */
export function toast(text: string): void {
  const element = byId('toast');
  element.hidden = false;
  element.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => (element.hidden = true), SHOWN_MS);
}
