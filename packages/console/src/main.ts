import { ApiError, type Credentials } from '@nuvem/client';
import { byId, setText } from '@nuvem/page-kit/dom.js';
import { toast } from '@nuvem/page-kit/toast.js';
import { API_URL, ConsoleApi } from './api.js';
import { EventStream } from './event-stream.js';
import { EventsView } from './events-view.js';
import { NodesView } from './nodes-view.js';
import { RoomNames } from './room-names.js';
import { RoomsView } from './rooms-view.js';
import { ServiceChoice } from './service-choice.js';
import { SignIn } from './sign-in.js';
import { TenantBans } from './tenant-bans.js';
import { TokenChart } from './token-chart.js';
import type { SignallingNode, Snapshot } from './types.js';
import { WebhooksView } from './webhooks-view.js';

/** What no stream tells of is read now and then. */
const REFRESH_MS = 3000;

const WRONG_KEY =
  'The id or the key is wrong. (Or this computer’s clock is more than five minutes off.)';

class NotSuperservice extends Error {}

const signIn = new SignIn((credentials) => void enter(credentials));
let leave: () => void = () => {};

setText(byId('api-url'), API_URL);
byId('sign-out').onclick = () => signOut();
const remembered = SignIn.remembered();
if (remembered) await enter(remembered);
else signIn.show();

async function enter(credentials: Credentials): Promise<void> {
  if (!globalThis.isSecureContext) {
    signIn.show('Browsers sign requests on https:// and on localhost only. Open this page there.');
    return;
  }
  const api = new ConsoleApi(credentials);
  try {
    // Any other service is told of itself alone.
    const services = await api.services();
    if (!services.some(({ role }) => role === 'superservice')) throw new NotSuperservice();
  } catch (error) {
    SignIn.forget();
    signIn.show(wordsOf(error));
    return;
  }
  SignIn.remember(credentials);
  signIn.hide();
  showBoard(true);
  follow(api);
}

function follow(api: ConsoleApi): void {
  const chart = new TokenChart();
  const names = new RoomNames();
  const rooms = new RoomsView(names);
  const happening = new EventsView(names, () => signOut(WRONG_KEY));
  const views = [rooms, new TenantBans(), new WebhooksView()];
  const choice = new ServiceChoice(api, (service) => {
    for (const view of [...views, happening]) view.choose(service);
  });
  const nodes = new NodesView((node, draining) => void drain(api, node, draining));
  let version: string | undefined;
  const refresh = () => {
    if (document.hidden) return;
    for (const view of [choice, ...views]) view.refresh().catch(() => {});
  };
  const events = new EventStream((signal) => api.activity(signal), {
    onData(data) {
      const snapshot = data as Snapshot;
      setLive(true);
      chart.show(snapshot, Date.now());
      nodes.show(snapshot.nodes);
      if (snapshot.roomsVersion !== version) refresh();
      version = snapshot.roomsVersion;
    },
    onLost: () => setLive(false),
    onRefused: () => signOut(WRONG_KEY),
  });
  const timer = setInterval(refresh, REFRESH_MS);
  leave = () => {
    clearInterval(timer);
    events.stop();
    happening.stop();
  };
  void events.follow();
}

async function drain(api: ConsoleApi, node: SignallingNode, draining: boolean): Promise<void> {
  try {
    await api.drain(node.id, draining);
    toast(draining ? 'No new rooms will go to this node' : 'This node takes new rooms again');
  } catch (error) {
    toast(wordsOf(error));
  }
}

function signOut(problem?: string): void {
  leave();
  SignIn.forget();
  showBoard(false);
  signIn.show(problem);
}

function showBoard(shown: boolean): void {
  byId('board').hidden = !shown;
  byId('live').hidden = !shown;
  byId('sign-out').hidden = !shown;
  setText(byId('live'), 'Connecting…');
}

function setLive(isLive: boolean): void {
  byId('live').dataset.state = isLive ? 'connected' : 'reconnecting';
  setText(byId('live'), isLive ? 'Live' : 'Reconnecting…');
  const trouble = byId('trouble');
  trouble.hidden = isLive;
  setText(trouble, isLive ? '' : 'The API does not answer. What you see is what was known last.');
}

function wordsOf(error: unknown): string {
  if (error instanceof NotSuperservice) return 'This service is not the superservice.';
  if (!(error instanceof ApiError)) return 'The API does not answer. Is it running?';
  if (error.status === 401) return WRONG_KEY;
  return error.message;
}
