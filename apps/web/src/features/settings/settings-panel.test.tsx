import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import SettingsPanel from './settings-panel.tsx';

afterEach(() => vi.unstubAllGlobals());

it('[LC-011] names the file the server reads, and where in it a fault is', async () => {
  const answers: Record<string, unknown> = {
    '/health': { status: 'ok', version: '1', config_error: { line: 7, message: 'retry is not a mapping' } },
    '/providers': [],
  };
  const headers = { 'x-lightchat-config-path': encodeURI('/home/zoë/my settings/settings.yaml') };
  const fetched = (path: string) =>
    Promise.resolve(path === '/config' ? new Response(null, { headers }) : Response.json(answers[path]));
  vi.stubGlobal('fetch', fetched);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SettingsPanel />
    </QueryClientProvider>,
  );
  expect(await screen.findByText('/home/zoë/my settings/settings.yaml')).toBeTruthy();
  expect(await screen.findByText('/home/zoë/my settings/settings.yaml, line 7: retry is not a mapping')).toBeTruthy();
});
