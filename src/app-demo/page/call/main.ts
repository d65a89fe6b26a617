import { decodeToken, requestToken, type JoinWish, type Token } from './backend.js';
import { Call } from './call.js';
import { CallView } from './call-view.js';
import { CallFailure } from './failures.js';
import { readLink } from './link.js';
import { Lobby } from './lobby.js';
import type { LocalMedia } from './local-media.js';
import { PeoplePanel } from './people-panel.js';
import { StoryPanel } from './story-panel.js';
import { Toolbar } from './toolbar.js';

const link = readLink(location);
const lobby = new Lobby(link, join);
lobby.show();

async function join(wish: JoinWish, media: LocalMedia): Promise<void> {
  const story = new StoryPanel();
  let token: Token;
  try {
    token = await obtainToken(wish, story);
  } catch (error) {
    media.close();
    lobby.show(error instanceof CallFailure ? error : new CallFailure('backend-away'));
    return;
  }
  lobby.hide();
  run(wish, media, token, story);
}

async function obtainToken(wish: JoinWish, story: StoryPanel): Promise<Token> {
  if (link.token !== undefined) {
    const token = decodeToken(link.token);
    // It is good for one use: whoever joins again gets a new one by name and room.
    link.token = undefined;
    history.replaceState(null, '', location.pathname + location.search);
    story.gaveToken(token);
    return token;
  }
  story.asked(wish.room);
  const token = await requestToken(wish);
  story.gotToken(token);
  return token;
}

function run(wish: JoinWish, media: LocalMedia, token: Token, story: StoryPanel): void {
  const view = new CallView(wish, media);
  const people = new PeoplePanel(wish.name, (count) => toolbar.setPeopleCount(count));
  const call = new Call(token, wish, media, {
    onConnected({ roomId }) {
      story.joined(roomId);
      view.connected(call);
      people.start(roomId);
    },
    onReconnecting: () => view.setConnection('reconnecting'),
    onReconnected: () => view.setConnection('connected'),
    onStreamAdded(stream) {
      view.addStream(stream);
      void people.refresh();
    },
    onStreamChanged: (stream) => view.updateStream(stream),
    onStreamRemoved(stream) {
      view.removeStream(stream);
      void people.refresh();
    },
    onSharing(screen) {
      view.showOwnScreen(screen);
      toolbar.draw();
    },
    onStory: (step) => story.step(step),
    onEnd: (failure) => end(failure),
  });
  const toolbar = new Toolbar(call, media, wish.role, () => {
    call.leave();
    end('left');
  });
  const onPageHide = () => call.leave();
  addEventListener('pagehide', onPageHide);

  function end(reason: CallFailure | 'left'): void {
    removeEventListener('pagehide', onPageHide);
    people.stop();
    toolbar.remove();
    media.close();
    view.hide();
    lobby.show(reason);
  }

  view.show();
  call.start();
}
