import { settingsSchema } from '@lightchat/protocol';
import type { SurfaceDescription } from '../../kit/operation.ts';

const HEADERS = {
  etag: 'Names this state of the file, for `If-Match`.',
  'x-lightchat-config-path': 'Where the file is, as `encodeURI` writes it.',
};

export const config: SurfaceDescription = {
  name: 'Settings',
  about: 'settings.yaml as JSON. Comments and order of the file survive; secrets are masked.',
  operations: [
    {
      id: 'getConfig',
      method: 'GET',
      path: '/config',
      summary: 'Read the settings',
      answers: {
        200: { about: 'The settings in force, every secret masked.', json: settingsSchema, headers: HEADERS },
      },
    },
    {
      id: 'putConfig',
      method: 'PUT',
      path: '/config',
      summary: 'Replace the settings',
      about:
        'Takes the document that GET gives. A masked secret means "unchanged", unless the host of its provider changed: then the key is needed again. In force for the next run; at most 1 MiB.',
      headers: { 'if-match': 'The `ETag` that was read: when the file changed since, nothing is written.' },
      body: settingsSchema,
      answers: { 200: { about: 'The settings now in force.', json: settingsSchema, headers: HEADERS } },
      errors: ['CONFLICT', 'PRECONDITION_FAILED', 'STORAGE_FULL'],
    },
  ],
};
