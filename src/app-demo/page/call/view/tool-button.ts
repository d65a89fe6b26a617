import { h } from '@nuvem/page-kit/dom.js';
import { icon, type IconName } from '@nuvem/page-kit/icons.js';

interface Face {
  icon: IconName;
  /** What the button does when pressed; begins with the words on it, for those who speak to it. */
  label: string;
  /** The word under the icon. */
  caption?: string;
  /** Drawn as off: muted, or camera released. */
  isOff?: boolean;
  isActive?: boolean;
  badge?: string;
}

/** Draws a button's icon and words; the label doubles as the tooltip. */
export function drawButton(button: HTMLElement, face: Face): void {
  const { label, caption, isOff = false, isActive, badge } = face;
  button.replaceChildren(
    icon(face.icon),
    ...(caption === undefined ? [] : [h('span', { className: 'caption' }, caption)]),
    ...(badge === undefined ? [] : [' ', h('span', { className: 'badge' }, badge)]),
  );
  button.classList.toggle('is-off', isOff);
  button.classList.toggle('is-active', isActive === true);
  button.setAttribute('aria-label', label);
  button.title = label;
  if (isActive !== undefined) button.setAttribute('aria-expanded', String(isActive));
}
