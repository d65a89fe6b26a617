import { signInBrowser } from './sign-in-browser.js';

interface Document {
  servers: { url: string }[];
  components: { securitySchemes: Record<string, object> };
}

declare const SwaggerUIBundle: (options: object) => void;

/** The page's form for a name and a password is that of HTTP Basic; signInBrowser turns it into MAuth. */
const SIGN_IN_FORM = {
  type: 'http',
  scheme: 'basic',
  description: "Username: the service's id. Password: its key. The key stays in this page.",
};

/** Where the API is, also behind a proxy that puts a path before it. */
const api = new URL('..', import.meta.url);
const response = await fetch(new URL('openapi.json', api));
const spec = (await response.json()) as Document;
spec.servers = [{ url: api.href }];
const { securitySchemes } = spec.components;
for (const name of Object.keys(securitySchemes)) securitySchemes[name] = SIGN_IN_FORM;

SwaggerUIBundle({
  dom_id: '#swagger-ui',
  docExpansion: 'list',
  tryItOutEnabled: true,
  persistAuthorization: false,
  syntaxHighlight: { theme: 'tomorrow-night' },
  spec,
  requestInterceptor: signInBrowser,
});
