import * as z from 'zod';
import { providerTypeSchema } from './model-info.ts';

/** What a masked secret looks like in `GET /config`; sent back it means "unchanged". */
export const MASKED_SECRET = '••••••••';

/** Timers take no more (24 days), and fire at once when given more. */
const milliseconds = z.number().int().nonnegative().max(2_147_483_647);

/** `provider_id/model_id`; a model id may have slashes of its own. */
export const modelAddressSchema = z
  .string()
  .max(600)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/.+$/, 'write it as provider_id/model_id');

/** Who is asked instead, in this order, when a model fails before it said anything. */
const fallbacks = z.array(modelAddressSchema).max(10);

export const providerConfigSchema = z.looseObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'an id has letters, digits, dot, dash or underscore, and no slash'),
  type: providerTypeSchema,
  host: z
    .string()
    .optional()
    .describe("Base address. Ollama: the server's root. OpenAI-compatible: up to and including `/v1`."),
  name: z.string().optional(),
  api_key: z.string().nullish(),
  system_prompt: z.string().nullish(),
  default_model: z.string().nullish(),
  context_length: z
    .number()
    .int()
    .positive()
    .nullish()
    .describe('Context size in tokens that Ollama allocates (`num_ctx`).'),
  fallbacks: fallbacks.nullish(),
  models: z
    .record(z.string(), z.looseObject({ fallbacks: fallbacks.nullish() }))
    .nullish()
    .describe('What differs for single models, by model id.'),
});
export type ProviderConfig = z.infer<typeof providerConfigSchema>;

/** Bounds of one server. Defaults are those of the public contract. */
export const limitsSchema = z.looseObject({
  active_runs: z
    .number()
    .int()
    .positive()
    .default(10_000)
    .describe('Runs at work at the same time, over all conversations; the next one is refused with 429.'),
  event_bytes: z
    .number()
    .int()
    .positive()
    .default(1_048_576)
    .describe('Size of one upstream event, in UTF-16 code units: bytes, as long as the text is English.'),
  output_bytes: z
    .number()
    .int()
    .positive()
    .default(4_194_304)
    .describe('Size of the output of one run, in UTF-16 code units: bytes, as long as the text is English.'),
  headers_local_ms: milliseconds
    .default(120_000)
    .describe("Wait for a local provider's response headers (a cold model loads meanwhile)."),
  headers_remote_ms: milliseconds.default(30_000),
  idle_ms: milliseconds.default(60_000).describe('Silence between two upstream events.'),
  run_ms: milliseconds.default(1_800_000),
  heartbeat_ms: milliseconds.min(50).default(15_000),
  viewer_bytes: z
    .number()
    .int()
    .positive()
    .default(262_144)
    .describe('Bytes a viewer may fall behind before it is cut off with a cursor to come back.'),
});
export type Limits = z.infer<typeof limitsSchema>;

/** settings.yaml, and the body of `GET /config` and `PUT /config`. Unknown keys are kept, with a warning. */
export const settingsSchema = z.looseObject({
  default_provider: z
    .string()
    .nullable()
    .default(null)
    .describe('null: the first provider that is ready, the demo when none is.'),
  log_dir: z.string().nullable().default(null),
  logging_enabled: z.boolean().default(true),
  logging: z
    .looseObject({
      max_files: z.number().int().min(1).max(1000).default(5),
      max_bytes: z.number().int().min(1024).default(10_485_760),
    })
    .prefault({}),
  retry: z
    .looseObject({
      attempts: z
        .number()
        .int()
        .min(0)
        .max(10)
        .default(1)
        .describe('Retries after the first try; only before the first delivered output.'),
      delay_ms: z.number().int().min(0).max(60_000).default(2000),
    })
    .prefault({}),
  titles: z
    .looseObject({
      model: modelAddressSchema
        .nullable()
        .default(null)
        .describe(
          'A model that names new conversations from their first exchange; null: the first words are the title.',
        ),
    })
    .prefault({}),
  cors_origins: z.array(z.string()).default([]),
  limits: limitsSchema.prefault({}),
  providers: z.array(providerConfigSchema).default([]),
});
export type Settings = z.infer<typeof settingsSchema>;
