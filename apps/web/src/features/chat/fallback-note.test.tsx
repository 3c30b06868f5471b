// @vitest-environment jsdom
import '../../testing/dom.ts';
import { applyEvents, type ChatEvent } from '@lightchat/protocol';
import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { message } from '../../testing/messages.ts';
import { ChatMessage } from './chat-message.tsx';

it('[LC-007] an answer by another model than the one asked says so', () => {
  const error = { error_code: 'PROVIDER_UNREACHABLE', message: 'Nothing listens there.', details: {} } as const;
  const end = { finish_reason: 'stop', usage: null, duration_ms: 5, finished_at: '' } as const;
  const events: ChatEvent[] = [
    { type: 'fallback-taken', index: 1, attempt: 2, provider_id: 'cloud', model_id: 'big', error },
    { type: 'text-delta', index: 2, text: 'Hello there' },
    { type: 'run-finished', index: 3, status: 'completed', ...end },
  ];
  const asked = { ...message({ status: 'running', model_id: 'small' }), parts: [] };
  render(<ChatMessage message={applyEvents(asked, events)} />);
  expect(screen.getByText('small did not answer, so another model did. Nothing listens there.')).toBeTruthy();
  expect(screen.getByText('Hello there')).toBeTruthy();
  expect(screen.getByRole('article', { name: 'Answer by big' })).toBeTruthy();
});
