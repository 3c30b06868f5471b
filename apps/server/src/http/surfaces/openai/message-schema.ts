/** Messages as OpenAI's clients send them: text as a string or in parts, for every role, and images for the user's. */
import * as z from 'zod';

const textPart = z.object({ type: z.enum(['text', 'input_text', 'output_text']), text: z.string() });

/** Nothing here is ever fetched; an address goes to the provider as it is. Other schemes would read the provider's own files. */
export const imageUrl = z
  .string()
  .regex(
    /^(data:image\/[\w.+-]+;base64,|https?:\/\/[^\s/])/i,
    'send a base64 data: URL of an image, or an http(s) URL',
  );

const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.union([
    imageUrl.transform((url) => ({ url, detail: undefined })),
    z.object({ url: imageUrl, detail: z.string().max(20).nullish() }),
  ]),
});

/** What an assistant said earlier may also be a refusal, or thinking, which nobody needs again. */
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });
const thinkingPart = z.object({ type: z.enum(['thinking', 'reasoning', 'redacted_thinking']) });

const onlyText = { error: 'expected a part of type "text"' };
const textContent = z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart], onlyText))]);
const userContent = z.union([
  z.string(),
  z.array(z.discriminatedUnion('type', [textPart, imagePart], { error: 'expected "text" or "image_url"' })),
]);
const assistantContent = z.union([
  z.string(),
  z.array(z.discriminatedUnion('type', [textPart, refusalPart, thinkingPart], onlyText)),
]);

const toolCall = z.object({
  id: z.string().min(1).max(512),
  type: z.literal('function', 'only calls of functions can be handed on').default('function'),
  function: z.object({
    name: z.string().min(1).max(256),
    /** A string by the book; some clients send what it says. */
    arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).default(''),
  }),
  /** Gemini's signatures, which it wants back. */
  extra_content: z.record(z.string(), z.unknown()).nullish(),
});

const name = z.string().max(256).nullish();

export const messageSchema = z.discriminatedUnion(
  'role',
  [
    z.object({ role: z.enum(['system', 'developer']), content: textContent }),
    z.object({ role: z.literal('user'), content: userContent }),
    z.object({
      role: z.literal('assistant'),
      content: assistantContent.nullish(),
      refusal: z.string().nullish(),
      reasoning_content: z.string().nullish(),
      reasoning: z.string().nullish(),
      tool_calls: z.array(toolCall).max(128).nullish(),
    }),
    z.object({
      role: z.literal('tool'),
      content: textContent.nullish(),
      tool_call_id: z.string().min(1).max(512),
      name,
    }),
  ],
  { error: 'expected "system", "developer", "user", "assistant" or "tool"' },
);

export type ChatMessage = z.output<typeof messageSchema>;
