// @vitest-environment jsdom
import '../../testing/dom.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queryClient } from '../../client/query-client.ts';
import { HealthDot } from './health-dot.tsx';
import { ServerNotice } from './server-notice.tsx';

beforeEach(() => queryClient.clear());
afterEach(() => vi.unstubAllGlobals());

function show(answer: () => Response, connected = true) {
  vi.stubGlobal('fetch', async () => answer());
  render(
    <QueryClientProvider client={queryClient}>
      <HealthDot />
      <ServerNotice connected={connected}>other notices</ServerNotice>
    </QueryClientProvider>,
  );
}
const away = () => {
  throw new TypeError('Failed to fetch');
};
const healthy = { status: 'ok', version: '0.1.0' };

describe('the state of the server', () => {
  it('[LC-013] is “Backend Healthy” while it answers, and nothing else is said', async () => {
    show(() => Response.json(healthy));
    expect(await screen.findByText('Backend Healthy')).toBeTruthy();
    expect(screen.queryByText(/not answering/)).toBeNull();
    expect(screen.getByText('other notices')).toBeTruthy();
  });

  it('[LC-013] is “Backend Error” while it does not, and that is all that is said', async () => {
    show(away);
    expect(await screen.findByText('Backend Error')).toBeTruthy();
    expect(screen.getByText(/server is not answering/)).toBeTruthy();
    expect(screen.queryByText('other notices')).toBeNull();
  });

  it('is known from a conversation that lost its connection, before the next look at /health', async () => {
    show(() => Response.json(healthy), false);
    expect(screen.getByText(/server is not answering/)).toBeTruthy();
  });

  it('[LC-011] names the line of a mistake in settings.yaml, beside the other notices', async () => {
    show(() => Response.json({ ...healthy, config_error: { line: 7, message: 'a bracket is missing' } }));
    expect(await screen.findByText(/mistake on line 7, .* a bracket is missing/)).toBeTruthy();
    expect(screen.getByText('other notices')).toBeTruthy();
  });
});
