/** Conversations as they are exported, and imported again elsewhere. */
import * as z from 'zod';
import { attachmentSchema } from './api.ts';
import { errorCodeSchema } from './error-codes.ts';
import { isDeeperThan } from './json-depth.ts';
import { messagePartSchema, messageStatusSchema } from './message.ts';
import { usageSchema } from './usage.ts';

export const ARCHIVE_FORMAT = 'lightchat-sessions';
export const ARCHIVE_VERSION = 1;

const MOST_LEVELS = 64;
const id = z.string().min(1).max(128);
const instant = z.iso.datetime({ offset: true });
const wellFormed = z.string().refine((text) => text.isWellFormed(), 'not well-formed text');

/** As a message is, but what is attached is only ever what could be attached here. */
const archivedPartSchema = messagePartSchema.refine(
  (part) =>
    part.type !== 'file' ||
    (part.url.startsWith(`data:${part.media_type};`) && attachmentSchema.safeParse(part).success),
  {
    path: ['url'],
    message: 'an attachment is an image (PNG, JPEG, GIF or WebP) as a base64 data: URL of its media_type',
  },
);

export const archivedMessageSchema = z
  .object({
    id,
    parent_id: id.nullable(),
    role: z.enum(['user', 'assistant']),
    parts: z.array(archivedPartSchema).max(10_000),
    status: messageStatusSchema.default('completed'),
    provider_id: z.string().max(128).nullable().default(null),
    model_id: z.string().max(512).nullable().default(null),
    finish_reason: z.string().max(64).nullable().default(null),
    usage: usageSchema.nullable().default(null),
    error: z
      .object({ error_code: errorCodeSchema, message: z.string(), details: z.record(z.string(), z.unknown()) })
      .nullable()
      .default(null),
    run_id: z.string().max(128).nullish().describe('Where it was exported. An import does not look at it.'),
    created_at: instant,
  })
  // More levels are only there to exhaust somebody's stack.
  .refine((message) => !isDeeperThan(message, MOST_LEVELS), `nested deeper than ${MOST_LEVELS} levels`);
export type ArchivedMessage = z.infer<typeof archivedMessageSchema>;

export const archivedSessionSchema = z
  .object({
    id: id.optional(),
    title: wellFormed.pipe(z.string().trim().min(1).max(200)),
    pinned: z.boolean().default(false),
    archived: z.boolean().default(false),
    created_at: instant,
    updated_at: instant,
    active_leaf_id: id.nullable().default(null),
    /** Parents before their children. */
    messages: z.array(archivedMessageSchema).max(100_000),
  })
  .superRefine(({ messages, active_leaf_id }, context) => {
    const known = new Set<string>();
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const [at, message] of messages.entries()) {
      if (known.has(message.id)) fault(['messages', at, 'id'], 'another message has this id');
      if (message.parent_id !== null && !known.has(message.parent_id)) {
        fault(['messages', at, 'parent_id'], 'no message before this one has this id');
      }
      known.add(message.id);
    }
    if (active_leaf_id !== null && !known.has(active_leaf_id)) fault(['active_leaf_id'], 'no message has this id');
  });
export type ArchivedSession = z.infer<typeof archivedSessionSchema>;

/** The JSON of an export, and the body of an import. */
export const sessionsArchiveSchema = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  version: z.literal(ARCHIVE_VERSION),
  exported_at: instant.optional(),
  sessions: z.array(archivedSessionSchema).min(1).max(10_000),
});
export type SessionsArchive = z.infer<typeof sessionsArchiveSchema>;
