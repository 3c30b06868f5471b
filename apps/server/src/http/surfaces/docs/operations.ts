import * as z from 'zod';
import type { SurfaceDescription } from '../../kit/operation.ts';

export const docs: SurfaceDescription = {
  name: 'This description',
  about: 'The API described, for programs and for people.',
  operations: [
    {
      id: 'getOpenApi',
      method: 'GET',
      path: '/openapi.json',
      summary: 'The API as OpenAPI 3.1',
      answers: { 200: { about: 'The document.', json: z.looseObject({ openapi: z.literal('3.1.1') }) } },
    },
    {
      id: 'readDocs',
      method: 'GET',
      path: '/docs',
      summary: 'The API as a page',
      answers: { 200: { about: 'The page.', media: 'text/html' } },
    },
  ],
};
