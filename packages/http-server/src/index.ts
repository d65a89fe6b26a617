export { HttpServers } from './http-servers.js';
export { hostInUrl, isEveryAddress, localUrl } from './local-url.js';
export { sendFile, sendIndex, serveFolder, type StaticFile } from './serve-folder.js';
