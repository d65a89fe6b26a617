import { decodeToken, requestToken, type JoinWish, type Token } from './backend.js';
import { CallFailure } from './failures.js';
import { readLink } from './link.js';
import { Lobby } from './lobby.js';
import type { LocalMedia } from './media/local-media.js';
import { Stay } from './stay.js';
import { StoryPanel } from './view/story-panel.js';

const link = readLink(location);
const lobby = new Lobby(link, join);
lobby.show();

async function join(wish: JoinWish, media: LocalMedia): Promise<void> {
  const story = new StoryPanel();
  const isInvited = link.token !== undefined;
  let token: Token;
  try {
    token = await obtainToken(wish, story);
  } catch (error) {
    media.close();
    const failure = error instanceof CallFailure ? error : new CallFailure('backend-away');
    // Nothing leads there: another room may be chosen.
    if (['room-gone', 'bad-request'].includes(failure.kind)) link.roomId = undefined;
    lobby.show(failure);
    return;
  }
  lobby.hide();
  const stay = new Stay(wish, media, story, isInvited, (reason, again) => {
    link.roomId = again?.roomId;
    // A token may have said it first.
    link.name = again?.name ?? link.name;
    lobby.show(reason);
  });
  await stay.begin(token);
}

async function obtainToken(wish: JoinWish, story: StoryPanel): Promise<Token> {
  if (link.token !== undefined) {
    const { token: text } = link;
    // It is good for one use: whoever joins again gets a new one from this page's server.
    link.token = undefined;
    history.replaceState(null, '', location.pathname + location.search);
    const token = decodeToken(text);
    story.gaveToken(token);
    return token;
  }
  story.asked(wish.room);
  const token = await requestToken(wish);
  story.gotToken(token);
  return token;
}
