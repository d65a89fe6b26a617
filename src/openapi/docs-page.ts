import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { sendFile, sendIndex, serveFolder, type StaticFile } from '../http/serve-folder.js';
import { CONTRAST_CSS } from './docs-contrast.js';
import { signInBrowser } from './sign-in-browser.js';

const FOLDER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const FILES = ['favicon-32x32.png', 'index.css', 'swagger-ui-bundle.js', 'swagger-ui.css'] as const;

/** Serves Swagger UI on /docs: a page in which every call of the document can be tried, signed in the browser. */
export async function serveDocsPage(
  fastify: FastifyInstance,
  document: OpenAPIObject,
): Promise<void> {
  await serveFolder(fastify, { folder: FOLDER, prefix: '/docs/', names: FILES });
  const script = { type: 'text/javascript; charset=utf-8', body: startScript(document) };
  fastify.get('/docs/start.js', sendFile(script));
  const contrast = { type: 'text/css; charset=utf-8', body: CONTRAST_CSS };
  fastify.get('/docs/contrast.css', sendFile(contrast));
  fastify.get('/docs/', sendIndex('/docs/', PAGE));
}

const PAGE: StaticFile = {
  type: 'text/html; charset=utf-8',
  body: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Nuvem API</title>
    <link rel="icon" type="image/png" href="favicon-32x32.png" />
    <link rel="stylesheet" href="swagger-ui.css" />
    <link rel="stylesheet" href="index.css" />
    <link rel="stylesheet" href="contrast.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="swagger-ui-bundle.js"></script>
    <script src="start.js"></script>
  </body>
</html>
`,
};

/** The document stands in the script, since the page's differs from /openapi.json in how one signs in. */
function startScript(document: OpenAPIObject): string {
  const options = {
    dom_id: '#swagger-ui',
    docExpansion: 'list',
    tryItOutEnabled: true,
    persistAuthorization: false,
    syntaxHighlight: { theme: 'tomorrow-night' },
    spec: document,
  };
  return `const options = ${JSON.stringify(options)};
// The page shows where its calls go, also behind a proxy that puts a path before them.
options.spec.servers = [{ url: new URL('..', document.currentScript.src).href }];
SwaggerUIBundle({
  ...options,
  requestInterceptor: ${signInBrowser.toString()},
});
`;
}
