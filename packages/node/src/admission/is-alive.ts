import type { Socket } from 'socket.io';

const ANSWER_WITHIN_MS = 1500;

/** The part of a WebSocket of `ws` that is used here. */
interface Pingable {
  ping(): void;
  once(event: 'pong' | 'close', listener: () => void): void;
  off(event: 'pong' | 'close', listener: () => void): void;
}

/** Whether the other end still answers; every browser answers a WebSocket ping by itself. */
export async function isAlive(socket: Socket): Promise<boolean> {
  const { transport } = socket.conn;
  const webSocket = 'socket' in transport ? transport.socket : undefined;
  if (!socket.connected || !isPingable(webSocket)) return false;
  return new Promise((resolve) => {
    const settle = (alive: boolean) => {
      clearTimeout(timer);
      webSocket.off('pong', onPong);
      webSocket.off('close', onClose);
      resolve(alive);
    };
    const onPong = () => settle(true);
    const onClose = () => settle(false);
    const timer = setTimeout(onClose, ANSWER_WITHIN_MS);
    webSocket.once('pong', onPong);
    webSocket.once('close', onClose);
    try {
      webSocket.ping();
    } catch {
      onClose();
    }
  });
}

function isPingable(value: unknown): value is Pingable {
  return typeof value === 'object' && value !== null && 'ping' in value && 'once' in value;
}
