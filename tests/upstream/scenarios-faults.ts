/**
 * The ways to fail, named after the fault catalogue: U4 to U30. Where a fault can strike at several places of an answer,
 * the parameter `at` says which: `first`, `middle`, `end`.
 */
import type { Scenario } from './scenarios.ts';
import type { Stage } from './stage.ts';
import { streamErrors } from './stream-errors.ts';
import { toolCalls } from './tool-calls.ts';

/**
 * Plays the answer up to the place `at` of the fault: `first`, before any output; `middle`, after `tokens` (3) tokens;
 * `end`, after those and the finish reason.
 */
async function begin(stage: Stage, otherwise: 'first' | 'middle' = 'middle'): Promise<void> {
  const at = stage.word('at', otherwise);
  stage.open();
  stage.start();
  if (at !== 'first') await stage.tokens(stage.number('tokens', 3), stage.number('delay', 0));
  if (at === 'end') stage.finish();
}

/** One good answer as bytes, for scenarios that play with the bytes. */
function goodBytes(stage: Stage): Buffer {
  const { encoder } = stage;
  const parts = [
    encoder.start(),
    encoder.text('Grüße, '),
    encoder.text('😀 世界'),
    encoder.finish('stop'),
    encoder.end(),
  ];
  let text = parts.join('');
  // The same character once more, as JSON escapes of its two halves.
  text = text.replace('世界', '\\ud83d\\ude00 世界');
  if (stage.word('ends', 'lf') === 'crlf') text = text.replaceAll('\n', '\r\n');
  return Buffer.from(text);
}

function halfCall(fragment: object): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [fragment] }, finish_reason: null }] })}\n\n`;
}

export const faults: Record<string, Scenario> = {
  'u4-no-headers': {
    says: 'Accepts the request and never sends headers.',
    play: (stage) => stage.hang(),
  },
  'u5-silence': {
    says: 'Sends headers and an answer up to `at` (middle), then nothing more.',
    async play(stage) {
      await begin(stage);
      await stage.hang();
    },
  },
  'u6-drip': {
    says: 'An answer up to `at` (first), then never a whole event, but a byte, or with `kind=comments` a comment, every `every` (20) ms.',
    async play(stage) {
      await begin(stage, 'first');
      const drop = stage.word('kind', 'bytes') === 'comments' ? ': still here\n\n' : 'd';
      while (!stage.gone.aborted) {
        stage.raw(drop);
        await stage.sleep(stage.number('every', 20));
      }
    },
  },
  'u7-reset': {
    says: 'Sends an answer up to `at` (middle) and half an event, then resets the connection.',
    async play(stage) {
      await begin(stage);
      stage.raw(stage.encoder.text('never whole').slice(0, 40));
      await stage.sleep(50); // so that the bytes leave before the reset discards them
      stage.reset();
    },
  },
  'u8-eof-after-finish': {
    says: 'Gives its finish reason, and ends without an end mark.',
    async play(stage) {
      await begin(stage);
      stage.finish();
      stage.close();
    },
  },
  'u9-eof-no-finish': {
    says: 'Ends the body properly, `at` (middle) of the answer: no finish reason, no end mark.',
    async play(stage) {
      await begin(stage);
      stage.close();
    },
  },
  'u9-done-no-finish': {
    says: 'OpenAI: ends with the end mark but never gave a finish reason. Ollama: a last line without a reason.',
    async play(stage) {
      await begin(stage);
      if (stage.dialect === 'ollama') stage.raw(stage.encoder.finish('stop').replace('"done_reason":"stop",', ''));
      stage.end();
    },
  },
  'u10-bad-json': {
    says: 'One event, `at` (middle) of the answer, is not JSON; good ones follow.',
    async play(stage) {
      await begin(stage);
      stage.raw(stage.dialect === 'openai' ? 'data: {"choices":[{]}\n\n' : '{"message":{]}\n');
      if (stage.word('at', 'middle') !== 'end') {
        stage.text('after the fault');
        stage.finish();
      }
      stage.end();
    },
  },
  'u11-cuts': {
    says: 'A good answer with multi-byte text, cut into writes of `size` (1) bytes; `ends=crlf` for CRLF.',
    async play(stage) {
      stage.open();
      stage.response.socket?.setNoDelay(true);
      const bytes = goodBytes(stage);
      const size = stage.number('size', 1);
      for (let at = 0; at < bytes.length && !stage.gone.aborted; at += size) {
        stage.raw(bytes.subarray(at, at + size));
        await new Promise((resolve) => setImmediate(resolve));
      }
      stage.close();
    },
  },
  'u12-odd-framing': {
    says: 'A good answer with BOM, CR line ends, comments, unknown fields, `id`, `retry`, `event` and data in two lines.',
    play(stage) {
      stage.open();
      const { encoder } = stage;
      if (stage.dialect === 'ollama') {
        const lines = [encoder.text('odd '), encoder.text('framing'), encoder.finish('stop')];
        stage.raw(`\uFEFF\r\n\n${lines.join('\n').replaceAll('\n', '\r\n')}\n\n`);
        stage.close();
        return;
      }
      const odd = encoder.text('odd ').trim();
      const split = encoder
        .text('framing')
        .trim()
        .replace(',"choices"', '\ndata: ,"choices"')
        .replace('data: ,', 'data:,');
      stage.raw(
        `\uFEFF: SCRIPTED PROCESSING\r\rid: evil-id\rretry: 1\revent: message\r${odd}\r\rwhat: ever\rnocolon\r\n\r\n` +
          `event:\n\n${split}\n\ndata\n\n${encoder.finish('stop')}${encoder.end()}`,
      );
      stage.close();
    },
  },
  'u13-huge-line': {
    says: 'An answer up to `at` (first), then one event of `mb` (100) MB without an end.',
    async play(stage) {
      await begin(stage, 'first');
      stage.raw(stage.dialect === 'openai' ? 'data: {"choices":"' : '{"message":"');
      const block = Buffer.alloc(65_536, 'x');
      const blocks = stage.number('mb', 100) * 16;
      for (let n = 0; n < blocks && !stage.gone.aborted; n += 1) await stage.pour(block);
      stage.close();
    },
  },
  'u14-empty': {
    says: 'A 200 with nothing in it; `kind=done` sends only the end mark, `kind=stop` a finish reason without output.',
    play(stage) {
      stage.open();
      const kind = stage.word('kind', 'body');
      if (kind === 'stop') stage.finish();
      if (kind === 'body') stage.close();
      else stage.end();
    },
  },
  'u15-html': {
    says: 'A login page with `status` (200); `type` is its content type (text/html).',
    play(stage) {
      stage.open({ 'content-type': stage.word('type', 'text/html; charset=utf-8') }, stage.number('status', 200));
      stage.raw(
        '<!doctype html><html><head><title>Hotel Wi-Fi &amp; lounge</title></head><body><script>alert(1)</script></body></html>',
      );
      stage.close();
    },
  },
  'u16-json': {
    says: 'One JSON document although a stream was asked for; `kind=error` an error object.',
    play(stage) {
      stage.open({ 'content-type': 'application/json' });
      if (stage.word('kind', 'answer') === 'error')
        stage.raw('{"error":{"message":"the model crashed","type":"server_error"}}');
      else if (stage.dialect === 'ollama') {
        const message = { role: 'assistant', content: 'all at once' };
        stage.raw(
          JSON.stringify({
            model: stage.model,
            message,
            done: true,
            done_reason: 'stop',
            prompt_eval_count: 4,
            eval_count: 3,
          }),
        );
      } else {
        const choice = { index: 0, message: { role: 'assistant', content: 'all at once' }, finish_reason: 'stop' };
        const usage = { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7 };
        stage.raw(
          JSON.stringify({ id: 'c', object: 'chat.completion', model: stage.model, choices: [choice], usage }, null, 2),
        );
      }
      stage.close();
    },
  },
  'u17-error': {
    says: `An error inside the stream, \`at\` (middle) of the answer; \`shape\` is one of ${Object.keys(streamErrors).join(', ')}.`,
    async play(stage) {
      await begin(stage);
      const shape = stage.word('shape', stage.dialect === 'ollama' ? 'line' : 'openrouter');
      stage.raw(streamErrors[shape] ?? '');
      stage.close();
    },
  },
  'u18-rate-limit': {
    says: 'A 429 with `retry-after` or `retry-after-ms` as given; `code=insufficient_quota` when money ran out.',
    play(stage) {
      const headers: Record<string, string> = {};
      for (const name of ['retry-after', 'retry-after-ms']) {
        const value = stage.params.get(name);
        if (value !== null) headers[name] = value;
      }
      stage.refuse(429, 'Rate limit reached', { code: stage.word('code', 'rate_limit_exceeded'), headers });
    },
  },
  'u19-server-error': {
    says: 'A server error with `status` (500).',
    play: (stage) => stage.refuse(stage.number('status', 500), 'the server had a problem'),
  },
  'u20-refused': {
    says: 'A refusal with `status` (400) that quotes the key it received; with `message` instead, and `code`.',
    play(stage) {
      const key = stage.response.req.headers.authorization?.replace('Bearer ', '') ?? 'no key';
      const message = stage.word('message', `Incorrect request with \u001b[31m${key}\u001b[0m`);
      stage.refuse(stage.number('status', 400), message, { code: stage.word('code', 'scripted') });
    },
  },
  'u20-no-model': {
    says: 'A 404 that says the model does not exist, as the dialect words it.',
    play(stage) {
      if (stage.dialect === 'ollama') stage.refuse(404, `model "${stage.model}" not found, try pulling it first`);
      else stage.refuse(404, `The model \`${stage.model}\` does not exist`, { code: 'model_not_found' });
    },
  },
  'u21-context': {
    says: 'A 400 because the prompt is longer than the context.',
    play(stage) {
      const message =
        stage.dialect === 'ollama'
          ? 'the input length exceeds the context length'
          : "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.";
      stage.refuse(400, message, { code: 'context_length_exceeded' });
    },
  },
  'u22-content-filter': {
    says: 'Stops `at` (middle) of the answer because of a content filter.',
    async play(stage) {
      await begin(stage);
      stage.finish('content_filter');
      stage.end();
    },
  },
  'u22-refusal': {
    says: 'Refuses to answer, in the field that OpenAI has for it.',
    play(stage) {
      stage.open();
      stage.start();
      const chunk = { choices: [{ index: 0, delta: { refusal: 'I cannot help with that.' }, finish_reason: null }] };
      if (stage.dialect === 'ollama') stage.text('I cannot help with that.');
      else stage.raw(`data: ${JSON.stringify(chunk)}\n\n`);
      stage.finish();
      stage.end();
    },
  },
  'u23-length': {
    says: 'Stops after `tokens` (3) tokens because of the length limit.',
    async play(stage) {
      await begin(stage);
      stage.finish('length');
      stage.end();
    },
  },
  'u24-reasoning-only': {
    says: 'Reasons and then stops without an answer.',
    play(stage) {
      stage.open();
      stage.start();
      stage.reasoning('Hmm, ');
      stage.reasoning('no.');
      stage.finish();
      stage.end();
    },
  },
  'u25-tool-call': {
    says: `Calls a tool; \`kind\` is one of ${Object.keys(toolCalls).join(', ')} (Ollama: always whole, of \`arguments\`); with \`reason\` (tool_calls).`,
    play(stage) {
      stage.open();
      stage.start();
      const whole = { id: 'call_1', name: 'add', arguments: stage.word('arguments', '{"a":1,"b":2}') };
      if (stage.dialect === 'ollama' || stage.params.has('arguments')) stage.raw(stage.encoder.toolCall(whole));
      else stage.raw(toolCalls[stage.word('kind', 'fragments')] ?? '');
      stage.finish(stage.word('reason', 'tool_calls'));
      stage.end();
    },
  },
  'u25-half-call': {
    says: 'Begins a tool call, in `pieces` (1000) of one character without an end; then ends the body.',
    async play(stage) {
      stage.open();
      stage.start();
      if (stage.dialect === 'ollama')
        stage.raw(stage.encoder.toolCall({ id: 'c', name: 'f', arguments: '{}' }).slice(0, 60));
      else {
        stage.raw(halfCall({ index: 0, id: 'call_1', function: { name: 'add', arguments: '' } }));
        const piece = halfCall({ index: 0, function: { arguments: 'x' } });
        for (let left = stage.number('pieces', 1000); left > 0; left -= 100)
          await stage.pour(piece.repeat(Math.min(left, 100)));
      }
      stage.close();
    },
  },
  'u26-endless': {
    says: 'Never stops: `burst` (1) tokens at a time, `delay` (5) ms apart; with `delay=0` as fast as they are taken.',
    async play(stage) {
      stage.open();
      stage.start();
      const delay = stage.number('delay', 5);
      const burst = stage.number('burst', 1);
      for (let n = 0; !stage.gone.aborted; n += burst) {
        let bytes = '';
        for (let k = 0; k < burst; k += 1) bytes += stage.encoder.text(`token${n + k} `);
        await stage.pour(bytes);
        await (delay > 0 ? stage.sleep(delay) : new Promise((resolve) => setImmediate(resolve)));
      }
    },
  },
  'u27-compressed': {
    says: 'Claims a gzip-compressed stream although nobody accepts one.',
    play(stage) {
      stage.open({ 'content-encoding': 'gzip' });
      stage.raw(Buffer.from([0x1f, 0x8b, 8, 0]));
      stage.close();
    },
  },
  'u28-redirect': {
    says: 'Redirects with `status` (307) to `to` (another host).',
    play(stage) {
      stage.open(
        { location: stage.word('to', 'http://other.invalid/v1/chat/completions') },
        stage.number('status', 307),
      );
      stage.close();
    },
  },
  'u29-talks-on': {
    says: 'Goes on after its end mark, and keeps the connection open.',
    async play(stage) {
      await begin(stage);
      stage.finish();
      stage.raw(stage.encoder.end());
      stage.text('still talking');
      await stage.hang();
    },
  },
  'u30-early-refusal': {
    says: 'Refuses with `status` (413) before it has read the request, the rest of which it then discards.',
    play: (stage) => stage.refuse(stage.number('status', 413), 'request entity too large'),
  },
};
