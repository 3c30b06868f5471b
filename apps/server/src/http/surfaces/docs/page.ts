import type { OpenApi } from './open-api.ts';

export function renderPage(document: OpenApi): string {
  return `<!doctype html><html lang="en"><title>${document.info.title}</title></html>`;
}
