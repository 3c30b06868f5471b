/** The scripted upstream by hand: `node tests/upstream/run.ts [port]`. */
import { scenarios, startUpstream } from './index.ts';

const upstream = await startUpstream({ port: Number(process.argv[2] ?? 11999) });
const width = Math.max(...Object.keys(scenarios).map((name) => name.length));
for (const [name, { says }] of Object.entries(scenarios)) console.log(`${name.padEnd(width)}  ${says}`);
console.log(`\nOllama: ${upstream.url}\nOpenAI: ${upstream.openai_url}\nRequests so far: ${upstream.url}/requests`);
