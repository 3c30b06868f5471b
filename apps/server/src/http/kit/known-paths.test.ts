import { expect, it } from 'vitest';
import { createKnownPaths } from './known-paths.ts';

it('[CW-6] a path is known by its pattern, with or without a last slash, and by nothing that merely looks like it', () => {
  const paths = createKnownPaths();
  for (const [method, pattern] of [
    ['GET', '/chat/streaming'],
    ['POST', '/chat/streaming'],
    ['GET', '/runs/:id'],
    ['POST', '/runs/:id/stop'],
    ['GET', '/assets/*'],
    ['GET', '/favicon.svg'],
    ['GET', '/'],
  ] as const) {
    paths.add(method, pattern);
  }
  expect(paths.methodsAt('/chat/streaming')).toEqual(['GET', 'POST']);
  expect(paths.methodsAt('/runs/run_1')).toEqual(['GET']);
  expect(paths.methodsAt('/runs/run_1/')).toEqual(['GET']);
  expect(paths.methodsAt('/runs/run_1/stop')).toEqual(['POST']);
  expect(paths.methodsAt('/assets/a/b.js')).toEqual(['GET']);
  expect(paths.methodsAt('/')).toEqual(['GET']);
  for (const path of ['/runs', '/runs/', '/runs/a/b', '/chat', '/faviconXsvg', '/chat/streaming/x']) {
    expect([path, paths.methodsAt(path)]).toEqual([path, []]);
  }
});
