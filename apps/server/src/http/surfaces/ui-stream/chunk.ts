/**
 * What we say of the AI SDK's UI message stream: only types and keys that its version 6 knows too, because older
 * clients refuse a stream over one key that is new to them. All but `finishReason` suits the first ones of version 5.
 * Reference: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
 */
import * as z from 'zod';

const id = z.string();
const metadata = z.record(z.string(), z.unknown());
/** Every tool is dynamic for a client: it knows none of ours by type. */
const dynamic = z.literal(true);
const toolCallId = z.string();

export const uiChunkSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('start'), messageId: id, messageMetadata: metadata }),
  z.strictObject({ type: z.literal('start-step') }),
  z.strictObject({ type: z.literal('text-start'), id }),
  z.strictObject({ type: z.literal('text-delta'), id, delta: z.string() }),
  z.strictObject({ type: z.literal('text-end'), id }),
  z.strictObject({ type: z.literal('reasoning-start'), id }),
  z.strictObject({ type: z.literal('reasoning-delta'), id, delta: z.string() }),
  z.strictObject({ type: z.literal('reasoning-end'), id }),
  z.strictObject({ type: z.literal('tool-input-start'), toolCallId, toolName: z.string(), dynamic }),
  z.strictObject({ type: z.literal('tool-input-delta'), toolCallId, inputTextDelta: z.string() }),
  z.strictObject({
    type: z.literal('tool-input-available'),
    toolCallId,
    toolName: z.string(),
    input: z.unknown(),
    dynamic,
  }),
  z.strictObject({
    type: z.literal('tool-input-error'),
    toolCallId,
    toolName: z.string(),
    input: z.unknown(),
    errorText: z.string(),
    dynamic,
  }),
  z.strictObject({ type: z.literal('tool-approval-request'), approvalId: z.string(), toolCallId }),
  z.strictObject({ type: z.literal('tool-output-available'), toolCallId, output: z.unknown(), dynamic }),
  z.strictObject({ type: z.literal('tool-output-error'), toolCallId, errorText: z.string(), dynamic }),
  z.strictObject({ type: z.literal('tool-output-denied'), toolCallId }),
  z.strictObject({
    type: z.literal('data-progress'),
    data: z.object({ state: z.enum(['loading-model', 'waiting']) }),
    transient: z.literal(true),
  }),
  z.strictObject({
    type: z.literal('data-retry'),
    data: z.object({ attempt: z.number(), delay_ms: z.number(), message: z.string() }),
    transient: z.literal(true),
  }),
  z.strictObject({
    type: z.literal('data-fallback'),
    data: z.object({ attempt: z.number(), provider_id: z.string(), model_id: z.string(), message: z.string() }),
    transient: z.literal(true),
  }),
  z.strictObject({ type: z.literal('message-metadata'), messageMetadata: metadata }),
  z.strictObject({ type: z.literal('finish-step') }),
  z.strictObject({ type: z.literal('abort') }),
  z.strictObject({
    type: z.literal('finish'),
    finishReason: z.enum(['stop', 'length', 'content-filter', 'tool-calls', 'other']),
    messageMetadata: metadata,
  }),
  z.strictObject({ type: z.literal('error'), errorText: z.string() }),
]);
export type UiChunk = z.infer<typeof uiChunkSchema>;
