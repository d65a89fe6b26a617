import { hostWithPort } from '@nuvem/client';
import { byId, h, setText } from '@nuvem/page-kit/dom.js';
import type { SignallingNode } from './types.js';

interface Status {
  word: string;
  tone: 'good' | 'warn' | 'bad' | 'idle';
}

/** The nodes with their state and load; a button keeps new rooms off one. */
export class NodesView {
  private readonly root = byId('nodes');
  private shown = '';

  constructor(private readonly onDrain: (node: SignallingNode, draining: boolean) => void) {}

  show(nodes: SignallingNode[]): void {
    // The last beat changes every second, and is not shown: rows keep their place and focus.
    const shown = JSON.stringify(nodes.map((node) => ({ ...node, lastSeenAt: undefined })));
    if (shown === this.shown) return;
    this.shown = shown;
    const focused = document.activeElement?.id;
    const alive = nodes.filter((node) => node.alive).length;
    setText(byId('nodes-summary'), `${alive} of ${nodes.length} responding`);
    this.root.replaceChildren(
      ...(nodes.length === 0
        ? [h('p', { className: 'empty' }, 'No node has registered yet.')]
        : nodes.map((node) => this.row(node))),
    );
    if (focused?.startsWith('drain-')) document.getElementById(focused)?.focus();
  }

  private row(node: SignallingNode): HTMLElement {
    const { word, tone } = statusOf(node);
    const host = hostWithPort(node.hostname || node.ip, node.port);
    const rooms = node.load === undefined ? 'Load not reported' : `Load ${round(node.load)}`;
    const button = h(
      'button',
      { type: 'button', className: 'button quiet', id: `drain-${node.id}` },
      node.draining ? 'Take new rooms' : 'Drain',
    );
    button.title = node.draining
      ? 'Let new rooms be placed on this node again'
      : 'Keep the rooms it has, and place no new ones on it';
    button.setAttribute('aria-label', `${button.textContent}: ${host}`);
    button.onclick = () => this.onDrain(node, !node.draining);
    return h(
      'div',
      { className: 'row' },
      h(
        'div',
        { className: 'row-main' },
        h('p', { className: 'row-title' }, host),
        h('p', { className: 'muted' }, [node.region, rooms].filter(Boolean).join(' · ')),
      ),
      h('span', { className: 'status', data: { tone } }, word),
      button,
    );
  }
}

function statusOf({ alive, draining, state }: SignallingNode): Status {
  if (!alive) return { word: 'Not responding', tone: 'bad' };
  if (draining) return { word: 'Draining', tone: 'idle' };
  switch (state) {
    case 2:
      return { word: 'Available', tone: 'good' };
    case 1:
      return { word: 'Nearly full', tone: 'warn' };
    case 0:
      return { word: 'Full', tone: 'bad' };
  }
}

function round(load: number): string {
  return String(Math.round(load * 100) / 100);
}
