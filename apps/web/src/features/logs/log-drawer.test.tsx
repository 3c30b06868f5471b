// @vitest-environment jsdom
import '../../testing/dom.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogTail } from '../../client/api.ts';
import { queryClient } from '../../client/query-client.ts';
import LogDrawer from './log-drawer.tsx';

beforeEach(() => queryClient.clear());
afterEach(() => vi.unstubAllGlobals());

function show(answer: LogTail | Response) {
  vi.stubGlobal('fetch', async () => (answer instanceof Response ? answer : Response.json(answer)));
  render(
    <QueryClientProvider client={queryClient}>
      <LogDrawer />
    </QueryClientProvider>,
  );
}

describe('[LC-020] LogDrawer', () => {
  it('[LC-017] shows the lines of the newest log, oldest first, with their file', async () => {
    const ts = '2026-11-21T12:00:00.000Z';
    const entries = [
      { ts, role: 'user', content: 'Hello', provider_id: 'demo', model_id: 'demo' },
      { ts, role: 'error', content: 'It broke', event_type: 'provider_error', duration_ms: 12 },
    ] satisfies LogTail['entries'];
    show({ dir: '/logs', file: 'today.chatlog.jsonl', entries });
    const lines = await screen.findAllByRole('listitem');
    expect(lines.map((line) => line.textContent)).toEqual([
      expect.stringMatching(/user.*demo\/demo.*Hello/),
      expect.stringMatching(/error.*provider_error · 12 ms.*It broke/),
    ]);
    expect(screen.getByText('/logs · today.chatlog.jsonl')).toBeTruthy();
  });

  it('[LC-017] says that nothing was logged yet', async () => {
    show({ dir: '/logs', file: null, entries: [] });
    expect(await screen.findByText(/Nothing has been logged yet/)).toBeTruthy();
  });

  it('[LC-017] says that logging is off', async () => {
    show({ dir: '/logs', file: null, entries: [], enabled: false });
    expect(await screen.findByText(/Logging is off/)).toBeTruthy();
  });

  it('[LC-017] says why it cannot be read', async () => {
    const body = { error_code: 'INTERNAL', message: 'The folder cannot be read.', details: {} };
    show(Response.json(body, { status: 500 }));
    expect(await screen.findByText('The folder cannot be read.')).toBeTruthy();
  });
});
