import { describe, expect, it } from 'vitest';
import {
  isContextLength,
  isErrorValue,
  isFiltered,
  isModelMissing,
  isQuotaSpent,
  missingAbility,
  readUpstreamError,
} from './upstream-error.ts';

describe('what providers say about failures', () => {
  it.each([
    [{ error: { message: 'm', type: 't', code: 'c' } }, 'm'],
    [{ error: 'm' }, 'm'],
    [{ object: 'error', message: 'm', code: 500 }, 'm'],
    [{ type: 'error', error: { type: 'overloaded_error', message: 'm' } }, 'm'],
    [{ detail: 'm' }, 'm'],
    ['m', 'm'],
    [{ error: { message: 5 } }, ''],
    [null, ''],
    [[1], ''],
  ])('[U17] %j says "%s"', (value, message) => {
    expect(readUpstreamError(value).message).toBe(message);
  });

  it('[U17] an ordinary chunk is no error', () => {
    for (const value of [{ choices: [] }, { error: null }, { error: '' }, { error: false }, { type: 'ping' }]) {
      expect(isErrorValue(value)).toBe(false);
    }
  });

  const say = (message: string, code?: string) => readUpstreamError({ error: { message, code } });

  it.each([
    ["This model's maximum context length is 4097 tokens, however you requested 5000", undefined],
    ['the request exceeds the available context size, try increasing it', undefined],
    ['prompt is too long: 210000 tokens > 200000 maximum', undefined],
    ['the input length exceeds the context length', undefined],
    ['anything', 'context_length_exceeded'],
    ['anything', 'exceed_context_size_error'],
  ])('[U21] "%s" (%s) is about the context length', (message, code) => {
    expect(isContextLength(say(message, code))).toBe(true);
  });

  it.each([
    ['model "llama9" not found, try pulling it first', undefined],
    ['The model `gpt-9` does not exist or you do not have access to it.', undefined],
    ['foo/bar is not a valid model ID', undefined],
    ['anything', 'model_not_found'],
  ])('[U20] "%s" (%s) is about a missing model', (message, code) => {
    expect(isModelMissing(say(message, code))).toBe(true);
    expect(isContextLength(say(message, code))).toBe(false);
  });

  it('[U20] ordinary refusals are neither', () => {
    for (const message of [
      'Not Found',
      'temperature must be below 2',
      'this model does not support tools',
      'no context',
    ]) {
      expect([isContextLength(say(message)), isModelMissing(say(message))]).toEqual([false, false]);
    }
  });

  it('[U18] money that ran out is told from a busy minute', () => {
    expect(isQuotaSpent(say('You exceeded your current quota, please check your plan'))).toBe(true);
    expect(isQuotaSpent(say('x', 'insufficient_quota'))).toBe(true);
    expect(isQuotaSpent(say('Rate limit reached for requests per minute', 'rate_limit_exceeded'))).toBe(false);
  });

  it.each([
    ['this model is missing data required for image input', 'images'],
    ['image input is not supported - hint: if this is unexpected, you may need to provide the mmproj', 'images'],
    ['Invalid content type. image_url is only supported by certain models.', 'images'],
    ['No endpoints found that support image input', 'images'],
    ['qwen3 is not a multimodal model', 'images'],
    ['At most 0 image(s) may be provided in one request.', 'images'],
    ['messages[0]: unknown variant `image_url`, expected `text`', 'images'],
    ['registry.ollama.ai/library/gemma:2b does not support tools', 'tools'],
    ['No endpoints found that support tool use.', 'tools'],
    ['"llama3.2" does not support thinking', 'thinking'],
    ['think value "max" is not supported for this model', 'thinking'],
    ['the server had a problem', undefined],
    ['the image could not be decoded', undefined],
  ])('[U20] "%s" is about %s', (message, ability) => {
    expect(missingAbility(say(message))).toBe(ability);
  });

  it.each([
    ["The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", undefined],
    ['anything', 'content_filter'],
    ['anything', 'content_policy_violation'],
    ['Your chosen model requires moderation and your input was flagged', undefined],
  ])('[U22] "%s" (%s) is about content', (message, code) => {
    expect(isFiltered(say(message, code))).toBe(true);
    expect(isFiltered(say('Rate limit reached', 'rate_limit_exceeded'))).toBe(false);
  });
});
