/** The scripted upstream by hand: `node tests/upstream/run.ts [port]`. */
import { scenarios, startUpstream } from './index.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const upstream = await startUpstream({ port: Number(process.argv[2] ?? 11999) });
const width = Math.max(...Object.keys(scenarios).map((name) => name.length));
for (const [name, { says }] of Object.entries(scenarios)) say(`${name.padEnd(width)}  ${says}`);
say(`\nOllama: ${upstream.url}\nOpenAI: ${upstream.openai_url}\nRequests so far: ${upstream.url}/requests`);
