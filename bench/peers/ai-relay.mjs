/** A relay as the AI SDK's own documentation writes one: streamText, and its UI message stream as the answer. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText } from 'ai';
import { sayReady } from './say-ready.mjs';

const upstream = createOpenAICompatible({
  name: 'bench',
  baseURL: `http://127.0.0.1:${process.argv[2]}/v1`,
  apiKey: 'bench',
  includeUsage: true,
});

const server = createServer((request, response) => {
  void json(request).then(({ model, messages }) =>
    streamText({ model: upstream(model), messages }).pipeUIMessageStreamToResponse(response),
  );
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => sayReady(server.address().port));
