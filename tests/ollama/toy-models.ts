/** What the models of these tests say. */
import { makeGguf } from '../tools/make-gguf.ts';
import type { Ollama } from './ollama-server.ts';

export const brief = {
  name: 'brief:latest',
  says: 'Hello! Here is *everything*:\n\n```js\nconst a = "b";\n```\n\n1. one\n2. two 🎉 你好\n\n<b>not bold</b> & done.',
};

export const thoughtful = {
  name: 'thoughtful:latest',
  thinks: 'Let me see.\nTwo and two.',
  says: 'It is four.',
};

/** Takes some seconds to say this. */
export const slow = {
  name: 'slow:latest',
  says: Array.from({ length: 40 }, (_, i) => `Sentence ${i} of a long answer.`).join(' '),
};

/** Says this again and again until someone stops it. */
export const endless = { name: 'endless:latest', says: 'And so on, for ever, round and round. ' };

const heavy = { layers: 3, feed_forward: 4096 };

export async function createToyModels(ollama: Ollama): Promise<void> {
  await ollama.create(brief.name, makeGguf({ reply: brief.says }));
  await ollama.create(
    thoughtful.name,
    makeGguf({ reply: `<think>${thoughtful.thinks}</think>${thoughtful.says}` }),
    true,
  );
  await ollama.create(slow.name, makeGguf({ reply: slow.says, ...heavy }));
  await ollama.create(endless.name, makeGguf({ reply: endless.says, endless: true, ...heavy }));
}
