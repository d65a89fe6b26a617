export { HttpServers } from './http-servers.js';
export { hostInUrl, localUrl } from './local-url.js';
export { sendFile, sendIndex, serveFolder, type StaticFile } from './serve-folder.js';
