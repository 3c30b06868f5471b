import type { Operation, SurfaceDescription } from '../../kit/operation.ts';

const answers: Operation['answers'] = { 200: { about: 'The page.', media: 'text/html' } };

export const page: SurfaceDescription = {
  name: 'Page',
  about: 'The chat page. Its files are under /assets and are not listed here.',
  operations: [
    { id: 'openPage', method: 'GET', path: '/', summary: 'Open the page', answers },
    {
      id: 'openConversation',
      method: 'GET',
      path: '/c/:conversation_id',
      summary: 'Open the page at a conversation',
      params: { conversation_id: 'The conversation, `conv_…`.' },
      answers,
    },
  ],
};
