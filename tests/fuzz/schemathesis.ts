/**
 * Another fuzzer's opinion: Schemathesis (https://schemathesis.io) reads `GET /openapi.json` and looks whether answers
 * keep to it. Python's own package manager puts it into a folder of its own, once.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '../server/start-server.ts';
import { startUpstream } from '../upstream/index.ts';

const VERSION = '4.32.5';
const folder = join(import.meta.dirname, '../../.cache', `schemathesis-${VERSION}`);
const program = join(folder, 'bin/schemathesis');

/** Answers the exit code. Its findings go to the terminal. */
export async function runSchemathesis(examples: number): Promise<number> {
  if (!existsSync(program)) {
    if (await run('python3', ['-m', 'venv', folder])) throw new Error('Python 3 with venv is needed');
    if (await run(join(folder, 'bin/pip'), ['install', '--quiet', `schemathesis==${VERSION}`])) {
      throw new Error('Schemathesis could not be installed');
    }
  }
  const upstream = await startUpstream();
  const server = await startServer({
    settingsYaml: `retry: { attempts: 0 }
providers:
  - { id: up, type: openai, host: "${upstream.openai_url}", default_model: "ok?tokens=2" }
`,
  });
  try {
    return await run(program, [
      'run',
      `${server.url}/openapi.json`,
      '--checks=not_a_server_error,content_type_conformance,status_code_conformance',
      // Streams do not end by themselves, and settings that were accepted may point at other machines.
      '--exclude-path=/api/changes',
      '--exclude-path-regex=stream|events',
      '--exclude-method=PUT',
      '--phases=fuzzing',
      `--max-examples=${examples}`,
      '--request-timeout=10',
      '--no-color',
    ]);
  } finally {
    await server.stop();
    await upstream.close();
  }
}

async function run(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
