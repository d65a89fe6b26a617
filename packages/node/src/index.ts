export type { NodeApi, P2pNodeOptions } from './options.js';
export { P2pNode } from './p2p-node.js';
export type { NodeAddress } from './registration.js';
