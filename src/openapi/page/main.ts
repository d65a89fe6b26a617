import { authorizeRequest, type PageRequest } from './authorize-request.js';
import { curlCommand } from './curl.js';
import { SignInForm } from './sign-in-form.js';
import { prepareSpec, type Spec } from './spec.js';

declare const SwaggerUIBundle: (options: object) => void;

/** Where the API is, also behind a proxy that puts a path before it. */
const api = new URL('..', import.meta.url);
const form = new SignInForm(api);
const response = await fetch(new URL('openapi.json', api), { credentials: 'omit' });
const spec = prepareSpec((await response.json()) as Spec, api);

/** The page has a form of its own, and so Swagger UI needs none. */
const none = (): (() => null) => () => null;

SwaggerUIBundle({
  dom_id: '#swagger-ui',
  docExpansion: 'list',
  tryItOutEnabled: true,
  syntaxHighlight: { theme: 'tomorrow-night' },
  spec,
  requestInterceptor: (request: PageRequest) => authorizeRequest(request, api, form.session),
  requestSnippetsEnabled: true,
  requestSnippets: {
    generators: { curl_bash: { title: 'curl (bash, zsh)', syntax: 'bash' } },
    defaultExpanded: true,
    languages: null,
  },
  plugins: [
    {
      wrapComponents: { authorizeBtn: none, authorizeOperationBtn: none },
      fn: { requestSnippetGenerator_curl_bash: curlCommand },
    },
  ],
});
