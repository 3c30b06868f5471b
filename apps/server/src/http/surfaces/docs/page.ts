/** The API as one page: no script of its own, nothing from elsewhere, everything findable with the browser's search. */
import { ERROR_CODES, type ErrorCode } from '@lightchat/protocol';
import { ERROR_MEANINGS } from '@lightchat/protocol/error-meanings';
import { Html, html, phrase, prose } from './html.ts';
import type { OpenApi } from './open-api.ts';
import { badge, viewOperation, viewPath } from './operation-view.ts';
import { viewSchema } from './schema-view.ts';
import { STYLE } from './style.ts';

interface Route {
  method: string;
  path: string;
  operation: OpenApi['paths'][string][string];
}

export function renderPage(api: OpenApi): string {
  const sections = api.tags.map((tag) => ({ tag, routes: routesOf(api, tag.name) }));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>LightChat API</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<script src="/theme.js"></script>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#top">Skip to the text</a>
<header>
  <a class="brand" href="/">${LOGO}<span>LightChat</span></a>
  <span class="title">API</span>
  <nav aria-label="Elsewhere"><a href="/openapi.json">openapi.json</a></nav>
</header>
<div class="columns">
<nav class="contents" aria-label="Contents">
  <ul>
    <li><a href="#errors">Errors</a></li>
    <li><a href="#streams">Streams</a></li>
    ${sections.map(({ tag, routes }) => viewContents(tag.name, routes))}
    <li><a href="#schemas">Schemas</a></li>
  </ul>
</nav>
<main id="top">
  <h1>LightChat API <small>${api.info.version}</small></h1>
  ${prose(api.info.description)}
  ${viewErrors()}
  ${viewStreams()}
  ${sections.map(
    ({ tag, routes }) => html`<section id="${idOf(tag.name)}" aria-labelledby="${idOf(tag.name)}-title">
    <h2 id="${idOf(tag.name)}-title">${tag.name}</h2>
    ${prose(tag.description)}
    ${routes.map(({ method, path, operation }) => viewOperation(method, path, operation, api))}
  </section>`,
  )}
  <section id="schemas"><h2>Schemas</h2>
    ${Object.entries(api.components.schemas).map(
      ([name, schema]) => html`<article class="schema" id="schema-${name}">
      <h3><a class="anchor" href="#schema-${name}"><code>${name}</code></a></h3>
      ${schema.description && prose(schema.description)}${viewSchema(schema)}
    </article>`,
    )}
  </section>
</main>
</div>
</body>
</html>
`;
  return page.text;
}

function routesOf(api: OpenApi, tag: string): Route[] {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => ({ method, path, operation })),
  );
}

function viewContents(name: string, routes: readonly Route[]): Html {
  return html`<li><a href="#${idOf(name)}">${name}</a>
    <ul>${routes.map(
      ({ method, path, operation }) =>
        html`<li><a href="#${operation.operationId}">${badge(method)} <code>${viewPath(path)}</code></a></li>`,
    )}</ul></li>`;
}

function viewErrors(): Html {
  const codes = Object.entries(ERROR_CODES) as [ErrorCode, { status: number }][];
  const rows = codes
    .sort(([, a], [, b]) => a.status - b.status)
    .map(
      ([code, { status }]) => html`<li id="error-${code}">
      <div class="field"><span class="status bad">${status}</span> <code class="name">${code}</code></div>
      <div class="note">${phrase(ERROR_MEANINGS[code])}</div></li>`,
    );
  return html`<section id="errors"><h2>Errors</h2>
    ${prose(ERRORS)}
    <pre tabindex="0"><code>${ERROR_EXAMPLE}</code></pre>
    <details><summary>All codes</summary><ul class="fields">${rows}</ul></details>
  </section>`;
}

function viewStreams(): Html {
  return html`<section id="streams"><h2>Streams</h2>${prose(STREAMS)}</section>`;
}

function idOf(name: string): string {
  return `about-${name.toLowerCase().replace(/[^a-z]+/g, '-')}`;
}

const ERRORS = `An error has a fitting status and says in words what to do; programs go by \`error_code\`. Under \`/v1\` errors are written as OpenAI writes them.`;

const ERROR_EXAMPLE = JSON.stringify(
  {
    error_code: 'PROVIDER_NOT_FOUND',
    message: 'There is no provider with this id. Known are: ollama_local, lm_studio, llama_cpp, openai, demo.',
    details: { provider_id: 'nobody', known: ['ollama_local', 'lm_studio', 'llama_cpp', 'openai', 'demo'] },
  },
  null,
  2,
);

const STREAMS = `Streams are server-sent events (\`text/event-stream\`). Each event has an \`id\`, \`<run id>:<index>\`, and \`data\` of one line of JSON. Lines that begin with a colon are comments: they keep the connection open.

An answer goes on when the connection is cut. Ask again with the header \`Last-Event-ID\` and you get exactly the rest; \`204\` says that nothing is left. Only stopping a run stops it.`;

const LOGO = new Html(
  '<svg aria-hidden="true" width="24" height="24" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#0f766e"/><path fill="#d4f23f" d="M18.2 5.5 8.6 17.6c-.4.5 0 1.2.6 1.2h5l-1.3 7c-.1.8.9 1.2 1.4.6l9.3-11.8c.4-.5 0-1.2-.6-1.2h-4.8l1.4-7.2c.2-.9-.9-1.3-1.4-.7Z"/></svg>',
);
