/** Draws, and leaves the focus where it was: on the same element, or on the one that took its place. */
export function keepingFocus(draw: () => void): void {
  const focused = document.activeElement as HTMLElement | null;
  draw();
  if (focused === null || focused === document.activeElement) return;
  if (focused.isConnected) focused.focus();
  else if (focused.id !== '') document.getElementById(focused.id)?.focus();
}
