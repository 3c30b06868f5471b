/** LightChat in front of the scripted upstream, which it knows as `up` (OpenAI dialect) and as `lama` (Ollama dialect). */
import { type ContractServer, type Options, startContractServer } from '../../contract/support/contract-server.ts';
import { tokenText, type Upstream } from '../../upstream/index.ts';

export interface Gateway extends ContractServer {
  /** What a client is given as its base URL. */
  readonly v1: string;
}

/** Every client must get the same, whatever the provider's own dialect. */
export const providers = ['up', 'lama'] as const;

/** Any key does in local mode, and clients insist on one. */
export const KEY = 'sk-local';

/** Without retries of its own, so that what a client does about a failure is the client's doing. */
export async function startGateway(options: Options = {}): Promise<Gateway> {
  const on = await startContractServer({ settings: 'retry: { attempts: 0, delay_ms: 20 }', ...options });
  return { ...on, v1: `${on.server.url}/v1` };
}

/** The text of `count` numbered tokens. */
export function numbered(count: number): string {
  return Array.from({ length: count }, (_, at) => tokenText(at)).join('');
}

/** The id of the model that says exactly this. */
export function saying(text: string): string {
  return `say?${new URLSearchParams({ text })}`;
}

/** A model id that no other test has used, where an upstream counts its requests by model. */
export function once(model: string): string {
  serial += 1;
  return `${model}${model.includes('?') ? '&' : '?'}test=${serial}`;
}
let serial = 0;

/** Resolves when the upstream's request for this model has been given up, which frees its slot. */
export async function freed(upstream: Upstream, model: string): Promise<void> {
  await upstream.waitFor((request) => request.model === model && request.outcome === 'aborted');
}

/** The last body that the upstream got for this model. */
export function bodyOf<T>(upstream: Upstream, model: string): T {
  const request = upstream.requests.findLast((one) => one.model === model);
  if (!request) throw new Error(`the upstream was never asked for ${model}`);
  return request.body as T;
}
