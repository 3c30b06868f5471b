/** The document against the app: every route, every reference, every name. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serve } from '../../testing/serve.ts';
import type { JsonSchema } from './json-schema.ts';
import { type OpenApi, type OperationObject, templateOf } from './open-api.ts';

let served: Served;
let folder: string;
let document: OpenApi;
let operations: { route: string; path: string; operation: OperationObject }[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-page-'));
  mkdirSync(join(folder, 'assets'));
  for (const file of ['index.html', 'assets/page.js']) writeFileSync(join(folder, file), '');
  served = await serve([], {}, { pageFolder: folder });
  document = (await (await fetch(`${served.url}/openapi.json`)).json()) as OpenApi;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  );
});
afterAll(async () => {
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('GET /openapi.json', () => {
  it('[CW-7] has every route of the app, and no other', () => {
    const files = new Set(['/index.html', '/assets/page.js']);
    const ofTheApp = served.routes
      // Whoever may GET may ask for the head alone; that is HTTP and not described.
      .filter(({ method, url }) => method !== 'HEAD' && !files.has(url))
      .map(({ method, url }) => `${method} ${templateOf(url)}`);
    expect(ofTheApp.length).toBeGreaterThan(20);
    expect(operations.map(({ route }) => route).sort()).toEqual([...new Set(ofTheApp)].sort());
  });

  it('[CW-7] is OpenAPI 3.1: what it refers to exists, what it names has one name, paths declare their parameters', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const references = everyReference(document);
    expect(references.length).toBeGreaterThan(50);
    for (const reference of references) expect(lookUp(reference), reference).toBeDefined();

    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z0-9]*$/);

    const tags = document.tags.map(({ name }) => name);
    expect(new Set(tags).size).toBe(tags.length);
    for (const { route, path, operation } of operations) {
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect({ route, declared: declared.map(({ name }) => name) }).toEqual({ route, declared: inPath });
      for (const parameter of declared) expect(parameter).toMatchObject({ required: true, description: /./ });
      for (const tag of operation.tags) expect(tags).toContain(tag);
      const names = (operation.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(names).size).toBe(names.length);
      expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true);
      for (const [status, { description }] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^[2345]\d\d$/);
        expect(description).not.toBe('');
      }
    }
  });

  it('[CW-7] says what may be left out of a request, and that it is always in an answer', () => {
    const schemas = document.components.schemas;
    expect(schemas.SettingsInput?.required).toBeUndefined();
    expect(schemas.Settings?.required).toContain('limits');
    expect(schemas.ChatRequest?.properties?.prompt).toMatchObject({ type: 'string', minLength: 1 });
    expect(schemas.ErrorBody?.required).toEqual(['error_code', 'message', 'details']);
    for (const same of ['ChatRequestInput', 'UsageInput']) expect(schemas).not.toHaveProperty(same);
  });

  it('[CW-7] describes the events of a stream by their schemas', () => {
    const chat = document.paths['/chat']?.post?.responses['200']?.content?.['text/event-stream'];
    expect(Object.keys(chat?.['x-events'] ?? {})).toEqual(
      expect.arrayContaining(['start', 'message', 'reasoning', 'done', 'error']),
    );
    const run = document.paths['/runs/{id}/events']?.get?.responses['200']?.content?.['text/event-stream'];
    expect(Object.keys(run?.['x-events'] ?? {})).toContain('run-finished');
  });
});

function everyReference(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(everyReference);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : everyReference(inner),
  );
}

function lookUp(reference: string): JsonSchema | undefined {
  let at: unknown = document;
  for (const step of reference.replace(/^#\//, '').split('/')) at = (at as Record<string, unknown> | undefined)?.[step];
  return at as JsonSchema | undefined;
}
