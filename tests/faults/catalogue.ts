/**
 * What becomes of a run when its provider fails: every fault of the catalogue (U4 to U30) that one answer can show,
 * by the scenario of the scripted upstream that plays it, at every place where it can strike.
 */
import type { ErrorCode } from '@lightchat/protocol';
import { type Dialect, tokenText } from '../upstream/index.ts';

export interface Outcome {
  status: 'completed' | 'failed' | 'interrupted';
  finish_reason: string;
  code?: ErrorCode;
  text: string;
  reasoning?: string;
  /** `name(arguments)` of each tool call. */
  calls?: string[];
  attempts: number;
}

export interface Fault {
  id: `U${number}`;
  name: string;
  /** The scenario with its parameters, as a model id. */
  model: string;
  expected: Partial<Record<Dialect, Outcome>>;
  /** Characters of the prompt; a short one when absent. */
  prompt_length?: number;
}

/** What the reader has when a fault strikes in the middle, and all there is when it strikes at the end. */
const THREE = [0, 1, 2].map(tokenText).join('');

const completed = (text: string, finish_reason = 'stop', attempts = 1): Outcome => ({
  status: 'completed',
  finish_reason,
  text,
  attempts,
});
/** The provider said no, or something that is no answer. */
const failed = (code: ErrorCode, attempts: number, text = ''): Outcome => ({
  status: 'failed',
  finish_reason: 'error',
  code,
  text,
  attempts,
});
/** The answer broke off. */
const interrupted = (code: ErrorCode, text: string, attempts = 1): Outcome => ({
  status: 'interrupted',
  finish_reason: 'interrupted',
  code,
  text,
  attempts,
});

const both = (outcome: Outcome): Fault['expected'] => ({ openai: outcome, ollama: outcome });
const withParameters = (model: string, parameters: string) =>
  parameters === '' ? model : `${model}${model.includes('?') ? '&' : '?'}${parameters}`;

type Places = Record<'first' | 'middle' | 'end', Outcome | Fault['expected']>;

/** One fault at its three places: before any output, in the middle, after the finish reason. */
function at(id: Fault['id'], name: string, model: string, places: Places): Fault[] {
  return Object.entries(places).map(([place, outcome]) => ({
    id,
    name: `${name}, at ${place}`,
    model: withParameters(model, `at=${place}`),
    expected: 'status' in outcome ? both(outcome) : outcome,
  }));
}

/** One fault in several forms with the same outcome. */
function each(
  id: Fault['id'],
  name: string,
  model: string,
  forms: string[],
  outcome: Outcome | Fault['expected'],
): Fault[] {
  return forms.map((form) => ({
    id,
    name: form === '' ? name : `${name}: ${form}`,
    model: withParameters(model, form),
    expected: 'status' in outcome ? both(outcome) : outcome,
  }));
}

const SUM = 'add({"a":1,"b":2})';
const calling = (...calls: string[]): Outcome => ({ ...completed('', 'tool_calls'), calls });
const onlyOpenAI = (outcome: Outcome): Fault['expected'] => ({ openai: outcome });

const silent: Places = {
  first: failed('PROVIDER_TIMEOUT', 2),
  middle: interrupted('PROVIDER_TIMEOUT', THREE),
  end: completed(THREE),
};

const streamErrors = ['openrouter', 'string', 'object', 'vllm', 'event', 'event-text', 'overloaded', 'finish'];

export const catalogue: Fault[] = [
  ...each('U4', 'no headers', 'u4-no-headers', [''], failed('PROVIDER_TIMEOUT', 2)),
  ...at('U5', 'silence', 'u5-silence', silent),
  ...at('U6', 'bytes that never become an event', 'u6-drip', silent),
  ...each(
    'U6',
    'comments for ever',
    'u6-drip?kind=comments&at=middle',
    [''],
    onlyOpenAI(interrupted('PROVIDER_TIMEOUT', THREE)),
  ),
  ...at('U7', 'a reset inside an event', 'u7-reset', {
    first: interrupted('STREAM_INTERRUPTED', '', 2),
    middle: interrupted('STREAM_INTERRUPTED', THREE),
    end: completed(THREE),
  }),
  ...each('U8', 'a finish reason without an end mark', 'u8-eof-after-finish', [''], completed(THREE)),
  ...at('U9', 'the end of the body', 'u9-eof-no-finish', {
    first: failed('PROVIDER_ERROR', 2),
    middle: interrupted('STREAM_INTERRUPTED', THREE),
    end: completed(THREE),
  }),
  ...each('U9', 'an end mark without a finish reason', 'u9-done-no-finish', [''], completed(THREE)),
  ...at('U10', 'an event that is not JSON', 'u10-bad-json', {
    first: failed('PROVIDER_ERROR', 2),
    middle: failed('PROVIDER_ERROR', 1, THREE),
    end: completed(THREE),
  }),
  ...each('U11', 'one byte at a time', 'u11-cuts', ['ends=lf', 'ends=crlf'], completed('Grüße, 😀 😀 世界')),
  ...each('U12', 'odd framing', 'u12-odd-framing', [''], completed('odd framing')),
  ...at('U13', 'a line without an end', 'u13-huge-line?mb=2', {
    first: failed('PROVIDER_ERROR', 1),
    middle: failed('PROVIDER_ERROR', 1, THREE),
    end: completed(THREE),
  }),
  ...each('U14', 'an empty answer', 'u14-empty', ['kind=body', 'kind=done', 'kind=stop'], failed('PROVIDER_ERROR', 2)),
  ...each(
    'U15',
    'a login page',
    'u15-html',
    ['', 'type=text/plain', 'type=text/event-stream'],
    failed('PROVIDER_ERROR', 1),
  ),
  ...each('U15', "a proxy's page", 'u15-html', ['status=502', 'status=503'], failed('PROVIDER_ERROR', 2)),
  ...each('U16', 'a JSON document', 'u16-json', [''], completed('all at once')),
  ...each('U16', 'a JSON error with status 200', 'u16-json', ['kind=error'], failed('PROVIDER_ERROR', 2)),
  ...streamErrors.flatMap((shape) =>
    at('U17', `an error in the stream as ${shape}`, `u17-error?shape=${shape}`, {
      first: onlyOpenAI(failed('PROVIDER_ERROR', 2)),
      middle: onlyOpenAI(failed('PROVIDER_ERROR', 1, THREE)),
      // The answer is whole, but its provider says that something is wrong with it.
      end: onlyOpenAI(failed('PROVIDER_ERROR', 1, THREE)),
    }),
  ),
  ...at('U17', 'a line with an error', 'u17-error?shape=line', {
    first: { ollama: failed('PROVIDER_ERROR', 2) },
    middle: { ollama: failed('PROVIDER_ERROR', 1, THREE) },
    // Ollama's last line ends everything.
    end: { ollama: completed(THREE) },
  }),
  ...at('U18', 'a rate limit in the stream', 'u17-error?shape=rate-limit', {
    first: onlyOpenAI(failed('RATE_LIMITED', 1)),
    middle: onlyOpenAI(failed('RATE_LIMITED', 1, THREE)),
    end: onlyOpenAI(failed('RATE_LIMITED', 1, THREE)),
  }),
  ...each(
    'U18',
    'a rate limit that says when to come back',
    'u18-rate-limit',
    [
      'retry-after=0',
      'retry-after=1',
      'retry-after=-5',
      'retry-after-ms=50',
      'retry-after=Wed,%2021%20Oct%202015%2007:28:00%20GMT',
    ],
    failed('RATE_LIMITED', 2),
  ),
  ...each(
    'U18',
    'a rate limit that says nothing useful, or too much',
    'u18-rate-limit',
    ['', 'retry-after=soon', 'retry-after=31536000'],
    failed('RATE_LIMITED', 1),
  ),
  ...each(
    'U18',
    'a used-up quota',
    'u18-rate-limit',
    ['code=insufficient_quota&retry-after=1'],
    onlyOpenAI(failed('RATE_LIMITED', 1)),
  ),
  ...each(
    'U19',
    'a server error',
    'u19-server-error',
    ['status=500', 'status=502', 'status=503', 'status=529'],
    failed('PROVIDER_ERROR', 2),
  ),
  ...each('U19', 'a gateway that gave up', 'u19-server-error', ['status=504'], failed('PROVIDER_TIMEOUT', 2)),
  ...each(
    'U19',
    'a server error that passes',
    'flaky?tokens=3',
    ['status=500', 'status=503'],
    completed(THREE, 'stop', 2),
  ),
  ...each(
    'U20',
    'a refusal',
    'u20-refused',
    ['status=400', 'status=402', 'status=404', 'status=413', 'status=422'],
    failed('PROVIDER_ERROR', 1),
  ),
  ...each('U20', 'a refused key', 'u20-refused', ['status=401', 'status=403'], failed('PROVIDER_UNAUTHORIZED', 1)),
  ...each('U20', 'a missing model', 'u20-no-model', [''], failed('MODEL_NOT_FOUND', 1)),
  ...each('U21', 'a prompt that is too long', 'u21-context', [''], failed('CONTEXT_LENGTH_EXCEEDED', 1)),
  ...at('U21', 'a context that is full', 'u17-error?shape=context', {
    first: onlyOpenAI(failed('CONTEXT_LENGTH_EXCEEDED', 1)),
    middle: onlyOpenAI(failed('CONTEXT_LENGTH_EXCEEDED', 1, THREE)),
    end: onlyOpenAI(failed('CONTEXT_LENGTH_EXCEEDED', 1, THREE)),
  }),
  ...each(
    'U22',
    'a filter before the first token',
    'u22-content-filter?at=first',
    [''],
    completed('', 'content_filter'),
  ),
  ...each('U22', 'a filter in the middle', 'u22-content-filter', [''], completed(THREE, 'content_filter')),
  ...each('U22', 'a refusal in words', 'u22-refusal', [''], completed('I cannot help with that.')),
  ...each(
    'U22',
    'a prompt that is filtered',
    'u20-refused',
    ['status=400&code=content_filter&message=no', 'status=403&code=content_filter&message=no'],
    onlyOpenAI(failed('PROVIDER_ERROR', 1)),
  ),
  ...each(
    'U22',
    'a prompt that was flagged',
    'u20-refused',
    ['status=403&message=it%20was%20flagged'],
    failed('PROVIDER_ERROR', 1),
  ),
  ...each('U23', 'the length limit', 'u23-length', ['', 'tokens=1'], completed(THREE, 'length')).map((fault) =>
    fault.model.includes('tokens=1') ? { ...fault, expected: both(completed(tokenText(0), 'length')) } : fault,
  ),
  ...each('U24', 'reasoning without an answer', 'u24-reasoning-only', [''], {
    ...completed(''),
    reasoning: 'Hmm, no.',
  }),
  ...each('U25', 'a tool call', 'u25-tool-call', [''], calling(SUM)),
  ...each(
    'U25',
    'a tool call in pieces',
    'u25-tool-call',
    ['kind=no-index', 'kind=index-from-1', 'kind=no-id', 'kind=id-repeated', 'kind=null-later', 'kind=object'],
    onlyOpenAI(calling(SUM)),
  ),
  ...each(
    'U25',
    'two tool calls',
    'u25-tool-call',
    ['kind=same-index', 'kind=same-id', 'kind=interleaved', 'kind=no-index-two', 'kind=both-in-one'],
    onlyOpenAI(calling(SUM, SUM)),
  ),
  ...each('U25', 'a tool call that ends with "stop"', 'u25-tool-call', ['reason=stop'], calling(SUM)),
  ...each(
    'U25',
    'arguments that are not JSON',
    'u25-tool-call',
    ['arguments=%7B%22a%22:1'],
    onlyOpenAI(calling('add({"a":1)')),
  ),
  ...each(
    'U25',
    'arguments with __proto__',
    'u25-tool-call',
    ['arguments=%7B%22__proto__%22:%7B%22polluted%22:true%7D%7D'],
    onlyOpenAI(calling('add({"__proto__":{"polluted":true}})')),
  ),
  ...each('U25', 'half a tool call', 'u25-half-call', ['pieces=1000'], failed('PROVIDER_ERROR', 2)),
  ...each(
    'U25',
    'arguments without an end',
    'u25-half-call',
    ['pieces=200000'],
    onlyOpenAI(failed('PROVIDER_ERROR', 1)),
  ),
  ...each('U27', 'a compressed answer', 'u27-compressed', [''], failed('PROVIDER_ERROR', 1)),
  ...each('U29', 'what follows the end', 'u29-talks-on', [''], completed(THREE)),
  ...each('U30', 'a refusal before the request was read', 'u30-early-refusal', [''], failed('PROVIDER_ERROR', 1)).map(
    (fault) => ({ ...fault, prompt_length: 6_000_000 }),
  ),
];
