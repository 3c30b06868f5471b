import { chatEventSchema, chatRequestSchema, eventsQuerySchema, runSchema } from '@lightchat/protocol';
import {
  type EventForm,
  IDEMPOTENCY_KEY,
  LAST_EVENT_ID,
  NOTHING_LEFT,
  START_ERRORS,
  type SurfaceDescription,
} from '../../kit/operation.ts';

const RUN_ID = { id: 'The run, `run_…`.' };

/** What each event says, by its type; a type without a sentence here would not compile. */
const ABOUT: Record<(typeof chatEventSchema.options)[number]['shape']['type']['value'], string> = {
  'run-started': 'The first event.',
  'run-progress': 'What the run waits for, while there is no output yet.',
  'retry-scheduled': 'A try failed before any output; the next one follows.',
  'fallback-taken': 'A try failed before any output, and another model answers instead.',
  'text-delta': 'A piece of the answer.',
  'reasoning-delta': 'A piece of what the model thinks before it answers.',
  'tool-call': 'The model wants a tool called.',
  'tool-result': 'What the tool answered.',
  'approval-requested': 'A tool call waits for a person to allow it.',
  'approval-resolved': 'A person has decided.',
  usage: 'Tokens so far; replaces any earlier one.',
  error: 'Why the run is about to end as failed or interrupted.',
  'run-finished': 'The last event.',
};

const events = Object.fromEntries(
  chatEventSchema.options.map((data): [string, EventForm] => {
    const type = data.shape.type.value;
    return [type, { about: ABOUT[type], data }];
  }),
);

export const runs: SurfaceDescription = {
  name: 'Runs',
  about:
    'One answer being made, or made. Whoever knows its id can look at it, follow it from any event and stop it, from any device.',
  operations: [
    {
      id: 'startRun',
      method: 'POST',
      path: '/runs',
      summary: 'Start an answer without following it',
      headers: IDEMPOTENCY_KEY,
      body: chatRequestSchema,
      answers: { 202: { about: 'The run, stored and begun.', json: runSchema } },
      errors: START_ERRORS,
      example: { body: { prompt: 'Say hello', provider_id: 'demo' } },
    },
    {
      id: 'getRun',
      method: 'GET',
      path: '/runs/:id',
      summary: 'Look at a run',
      params: RUN_ID,
      answers: { 200: { about: 'The run as it stands.', json: runSchema } },
      errors: ['NOT_FOUND'],
    },
    {
      id: 'followRun',
      method: 'GET',
      path: '/runs/:id/events',
      summary: 'Follow a run from any event',
      about:
        'First what is stored, then live, without a gap or a repeat. The events are the ones that are stored; ignore types you do not know.',
      params: RUN_ID,
      query: eventsQuerySchema,
      headers: LAST_EVENT_ID,
      answers: { 200: { about: 'Events with an index of at least `from`.', events }, 204: NOTHING_LEFT },
      errors: ['NOT_FOUND', 'CONFLICT'],
    },
    {
      id: 'stopRun',
      method: 'POST',
      path: '/runs/:id/stop',
      summary: 'Stop a run, for everyone',
      about: 'Asking twice changes nothing. What had arrived is kept.',
      params: RUN_ID,
      answers: { 200: { about: 'The run, ended.', json: runSchema } },
      errors: ['NOT_FOUND'],
    },
  ],
};
