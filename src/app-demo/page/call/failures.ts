/** Everything that can keep somebody out of a call or end it. */
export type FailureKind =
  | 'backend-away'
  | 'bad-request'
  | 'no-node'
  | 'api-away'
  | 'no-token'
  | 'redemption-away'
  | 'token-malformed'
  | 'token-refused'
  | 'token-forged'
  | 'token-host'
  | 'room-full'
  | 'room-gone'
  | 'node-unreachable'
  | 'place-lost'
  | 'node-stopped'
  | 'needs-media-node'
  | 'kicked'
  | 'room-ended'
  | 'room-over'
  | 'room-closed'
  | 'protocol-error'
  | 'closed';

interface Words {
  title: string;
  detail: string;
}

const WORDS: Record<FailureKind, Words> = {
  'backend-away': {
    title: 'This page’s server does not answer',
    detail:
      'It may have been stopped (“npm start” starts it again), or this computer is offline. Then try once more.',
  },
  'bad-request': {
    title: 'That name or room can’t be used',
    detail: 'Names and rooms have 1 to 256 characters, and are not “.” or “..”.',
  },
  'no-node': {
    title: 'No signalling node is available',
    detail:
      'The API waited for one to send you to: none is running, or all are on their way out. Try again in a few seconds.',
  },
  'api-away': {
    title: 'The API does not answer',
    detail: 'It may be starting. Try again in a few seconds.',
  },
  'no-token': {
    title: 'The API gave no token',
    detail:
      'It answered, but with an error. Try again in a few seconds; if it stays so, its log says why.',
  },
  'redemption-away': {
    title: 'The node could not check your token',
    detail: 'The API did not answer it in time. Try again in a few seconds.',
  },
  'token-malformed': {
    title: 'This link’s token can’t be read',
    detail: 'A part of it may be missing. Ask for a new link, or join by name and room.',
  },
  'token-refused': {
    title: 'This token was already used, or has expired',
    detail:
      'A token lets one person in, once, within three minutes. Ask whoever sent it for a new one, or join a room by its name.',
  },
  'token-forged': {
    title: 'This token was not accepted',
    detail:
      'Its signature is wrong: it was changed, or made by somebody else. Join to get a new one.',
  },
  'token-host': {
    title: 'This token is for another node',
    detail: 'It was issued for a node with a different address. Join again to get a new one.',
  },
  'room-full': {
    title: 'This room is full',
    detail: 'Wait until somebody leaves, or choose another room.',
  },
  'room-gone': {
    title: 'There is no such room',
    detail:
      'It was deleted, or is none that this page’s server can let you into. Choose another one.',
  },
  'node-unreachable': {
    title: 'The signalling node can’t be reached',
    detail: 'Your token names a node that does not answer this browser. It may have been stopped.',
  },
  'place-lost': {
    title: 'Your place in the call was lost',
    detail:
      'The node was started anew, or did not hear from you for 30 seconds. You need a new token to come back.',
  },
  'node-stopped': {
    title: 'The signalling node was stopped',
    detail: 'It ended the call and said goodbye. Join again when it is back.',
  },
  'needs-media-node': {
    title: 'This room needs Licode’s media nodes',
    detail:
      'It is a room of type “erizo”: a media server carries its calls, and this page only makes calls from browser to browser. Choose another room name for such a call.',
  },
  kicked: {
    title: 'You were removed from the call',
    detail: 'Somebody who runs this service ended your part of the call.',
  },
  'room-ended': {
    title: 'The call has ended',
    detail: 'The room was closed for everyone.',
  },
  'room-over': {
    title: 'This room has ended',
    detail: 'Its time was up, and everyone was sent out.',
  },
  'room-closed': {
    title: 'This room is closed',
    detail: 'Its time is over, or somebody who runs this service closed it. Choose another one.',
  },
  'protocol-error': {
    title: 'The node ended the call',
    detail: 'It received something from this page that it did not understand. Join again.',
  },
  closed: {
    title: 'The node closed the connection',
    detail: 'It gave no reason. Join again.',
  },
};

/** Thrown, or reported by a call that ends, with words for whoever is in front of the page. */
export class CallFailure extends Error {
  readonly title: string;
  readonly detail: string;

  constructor(readonly kind: FailureKind) {
    const { title, detail } = WORDS[kind];
    super(title);
    this.title = title;
    this.detail = detail;
  }
}

const OF_REFUSAL: Record<string, FailureKind> = {
  'token: Authentication error': 'token-forged',
  'token: Token does not exist': 'token-refused',
  'token: Invalid host': 'token-host',
  'token: Nuve does not respond': 'redemption-away',
  'token: Room is full': 'room-full',
  'token: Room does not exist': 'room-gone',
};

/** @param refusal what the node said when it did not let the page in */
export function failureOfRefusal(refusal: string): FailureKind {
  return OF_REFUSAL[refusal] ?? 'closed';
}

const OF_CODE: Record<string, FailureKind> = {
  NO_ERIZO_CONTROLLER: 'no-node',
  NO_ANSWER: 'api-away',
  INVALID_REQUEST: 'bad-request',
  ROOM_ENDED: 'room-closed',
  ROOM_FULL: 'room-full',
  ROOM_NOT_FOUND: 'room-gone',
};

/** @param code the backend's error code */
export function failureOfCode(code: unknown): FailureKind {
  return (typeof code === 'string' ? OF_CODE[code] : undefined) ?? 'no-token';
}

const OF_END: Record<string, FailureKind> = {
  kicked: 'kicked',
  'room-ended': 'room-ended',
  'node-stopped': 'node-stopped',
  'protocol-error': 'protocol-error',
};

/** @param reason why the node ended our part of the call, as it says itself */
export function failureOfEnd(reason: unknown): FailureKind | undefined {
  return typeof reason === 'string' ? OF_END[reason] : undefined;
}

/** What a camera's or microphone's refusal means, and what to do about it. */
export function wordsOfMediaError(error: unknown): Words {
  const name = error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
      return {
        title: 'Camera and microphone are blocked',
        detail: 'Allow them for this page beside the address bar, or join without them.',
      };
    case 'NotFoundError':
      return {
        title: 'No camera or microphone was found',
        detail: 'Connect one and try again, or join without.',
      };
    case 'NotReadableError':
      return {
        title: 'The camera or microphone is busy',
        detail: 'Another program may be using it. Close that program, or join without.',
      };
    case 'InsecureContext':
      return {
        title: 'This address may not use the camera',
        detail: 'Browsers allow it on https:// and on localhost only. You can join without.',
      };
    default:
      return {
        title: 'Camera and microphone could not be started',
        detail: 'Try again, or join without them.',
      };
  }
}
