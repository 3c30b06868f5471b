/** One route for people: what it does, how to ask, what comes back. */
import { type Html, html, phrase, prose } from './html.ts';
import type { OpenApi, OperationObject, Parameter, ResponseObject } from './open-api.ts';
import { bounds, typeOf, viewSchema } from './schema-view.ts';

/** An answer that is an error is described by its codes. */
const CODES = /^[A-Z_]+(?:, [A-Z_]+)*$/;
const PLACES: Record<Parameter['in'], string> = { path: 'In the path', query: 'In the query', header: 'Headers' };

export function viewOperation(method: string, path: string, operation: OperationObject, api: OpenApi): Html {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content['application/json']?.schema;
  const source = operation['x-codeSamples'][0]?.source;
  const all = Object.entries(responses);
  return html`<article id="${operationId}">
    <h3><a class="anchor" href="#${operationId}">${badge(method)} <code class="path">${viewPath(path)}</code></a></h3>
    <p class="summary">${summary}</p>
    ${description && prose(description)}
    ${source && html`<pre class="curl" tabindex="0" aria-label="curl"><code>${source}</code></pre>`}
    ${(['path', 'query', 'header'] as const).map((place) => viewParameters(place, parameters))}
    ${body && html`<h4>Body <span class="type">${typeOf(body)}</span>${requestBody.required ? '' : html` <span class="optional">optional</span>`}</h4>${viewSchema(resolved(body, api))}`}
    <h4>Answers</h4>
    <ul class="answers">${all.filter(([, { description }]) => !CODES.test(description)).map(viewResponse)}</ul>
    <ul class="failures">${all.filter(([, { description }]) => CODES.test(description)).map(viewFailure)}</ul>
  </article>`;
}

export function badge(method: string): Html {
  return html`<span class="method ${method}">${method.toUpperCase()}</span>`;
}

/** Lines may break before a slash, and parameters stand out. */
export function viewPath(path: string): Html {
  const steps = path.split(/(\{\w+\})/).map((piece) => {
    if (piece.startsWith('{')) return html`<var>${piece}</var>`;
    return html`${piece.split(/(?=\/)/).map((step) => html`<wbr>${step}`)}`;
  });
  return html`${steps}`;
}

function viewParameters(place: Parameter['in'], all: readonly Parameter[]): Html | undefined {
  const these = all.filter((parameter) => parameter.in === place);
  if (these.length === 0) return undefined;
  const rows = these.map(
    ({ name, required, description, schema }) => html`<li>
      <div class="field"><code class="name">${name}</code> ${place !== 'header' && html`<span class="type">${typeOf(schema)}</span>`}
      ${required ? '' : html`<span class="optional">optional</span>`}</div>
      ${description && html`<div class="note">${phrase(description)}</div>`}
      ${place === 'query' && bounds(schema)}
    </li>`,
  );
  return html`<h4>${PLACES[place]}</h4><ul class="fields">${rows}</ul>`;
}

function viewResponse([status, { description, content, headers = {} }]: [string, ResponseObject]): Html {
  const own = Object.entries(headers).filter(([, header]) => !('$ref' in header));
  return html`<li>
    <div class="answer"><span class="status ${Number(status) >= 400 && 'bad'}">${status}</span>
    <div class="about">${phrase(description)}
    ${own.map(([name, header]) => html`<div class="note"><code>${name}</code>: ${'description' in header ? phrase(header.description) : ''}</div>`)}
    ${Object.entries(content ?? {}).map(([media, { schema = {}, 'x-events': events }]) => viewContent(media, schema, events))}
    </div></div>
  </li>`;
}

function viewFailure([status, { description }]: [string, ResponseObject]): Html {
  const codes = description
    .split(', ')
    .map((code) => html` <a class="code" href="#error-${code}"><code>${code}</code></a>`);
  return html`<li><span class="status bad">${status}</span>${codes}</li>`;
}

function viewContent(
  media: string,
  schema: Parameters<typeof viewSchema>[0],
  events: Record<string, { description: string; data: typeof schema }> | undefined,
): Html {
  if (events) return viewEvents(events);
  if (media !== 'application/json') return html`<div class="note">${media}</div>`;
  const isNamed = schema.$ref !== undefined || schema.items?.$ref !== undefined;
  return isNamed ? html`<div class="type">${typeOf(schema)}</div>` : viewSchema(schema);
}

function viewEvents(events: Record<string, { description: string; data: Parameters<typeof viewSchema>[0] }>): Html {
  const rows = Object.entries(events).map(
    ([name, { description, data }]) => html`<li>
      <div class="field"><code class="name">${name === 'message' ? 'no name' : name}</code> ${data.$ref && html`<span class="type">${typeOf(data)}</span>`}</div>
      <div class="note">${phrase(description)}</div>
      ${data.$ref ? '' : html`<div class="nested">${viewSchema(data)}</div>`}
    </li>`,
  );
  return html`<details><summary>Server-sent events</summary><ul class="fields events">${rows}</ul></details>`;
}

/** A named body is shown where it is asked for. */
function resolved(schema: Parameters<typeof viewSchema>[0], api: OpenApi) {
  const name = schema.$ref?.slice(schema.$ref.lastIndexOf('/') + 1);
  return (name && api.components.schemas[name]) || schema;
}
