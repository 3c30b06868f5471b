/**
 * Every way in which the scripted upstream can answer. A request chooses one by its model id, with
 * parameters after a question mark: `ok?tokens=200&delay=5`. Unit, HTTP and browser tests use these names.
 */

import { MARKDOWN } from './sample-markdown.ts';
import { faults } from './scenarios-faults.ts';
import type { Stage } from './stage.ts';

export interface Scenario {
  /** What it does, in one sentence, with its parameters. */
  says: string;
  play(stage: Stage): void | Promise<void>;
}

const normal: Record<string, Scenario> = {
  ok: {
    says: 'A good answer of `tokens` (20) numbered tokens, `delay` (0) ms apart, after `first` (0) ms.',
    async play(stage) {
      await stage.sleep(stage.number('first', 0));
      stage.open();
      stage.start();
      await stage.tokens(stage.number('tokens', 20), stage.number('delay', 0));
      stage.finish();
      stage.end();
    },
  },
  echo: {
    says: 'Answers with the request body it received, as JSON.',
    play(stage) {
      stage.open();
      stage.start();
      const text = JSON.stringify(stage.body);
      for (let at = 0; at < text.length; at += 40) stage.text(text.slice(at, at + 40));
      stage.finish();
      stage.end();
    },
  },
  parrot: {
    says: 'Answers with the last message it received, `delay` (0) ms a word.',
    async play(stage) {
      stage.open();
      stage.start();
      const content = stage.body.messages?.at(-1)?.content;
      for (const word of String(content).split(/(?<=\s)(?=\S)/)) {
        stage.text(word);
        await stage.sleep(stage.number('delay', 0));
      }
      stage.finish();
      stage.end();
    },
  },
  say: {
    says: 'Answers with the parameter `text`, in one token.',
    play(stage) {
      stage.open();
      stage.start();
      stage.text(stage.word('text', 'Hello.'));
      stage.finish();
      stage.end();
    },
  },
  markdown: {
    says: 'A page with headings, a list, a table, code, a quote and a hostile link, `delay` (0) ms a word.',
    async play(stage) {
      stage.open();
      stage.start();
      for (const word of MARKDOWN.split(/(?<=\s)/)) {
        stage.text(word);
        await stage.sleep(stage.number('delay', 0));
      }
      stage.finish();
      stage.end();
    },
  },
  thinking: {
    says: 'Some reasoning, then an answer, `delay` (0) ms a token.',
    async play(stage) {
      stage.open();
      stage.start();
      for (const word of ['Let me ', 'think ', 'about it.']) {
        stage.reasoning(word);
        await stage.sleep(stage.number('delay', 0));
      }
      await stage.tokens(stage.number('tokens', 5), stage.number('delay', 0));
      stage.finish();
      stage.end();
    },
  },
  'tool-loop': {
    says: 'Calls the first tool it is offered with `arguments` ({"a":1,"b":2}), and answers once it has the result or has no tools; `think=1`: it reasons first.',
    play(stage) {
      stage.open();
      stage.start();
      const last = stage.body.messages?.at(-1);
      const name = firstTool(stage);
      if (last?.role === 'tool') {
        stage.text('The tool says ');
        stage.text(String(last.content));
        stage.finish();
      } else if (name) {
        if (stage.params.has('think')) stage.reasoning('I need the tool.');
        const args = stage.word('arguments', '{"a":1,"b":2}');
        stage.raw(stage.encoder.toolCall({ id: 'call_1', name, arguments: args }));
        stage.finish('tool_calls');
      } else {
        stage.text('There are no tools.');
        stage.finish();
      }
      stage.end();
    },
  },
  cold: {
    says: 'Loads the model for `wait` (2500) ms, and only then sends headers and answers.',
    async play(stage) {
      await stage.sleep(stage.number('wait', 2500));
      stage.open();
      stage.start();
      await stage.tokens(3);
      stage.finish();
      stage.end();
    },
  },
  flaky: {
    says: 'Fails the first `fails` (1) requests of exactly this model id with `status` (503), then answers well.',
    async play(stage) {
      if (stage.turn <= stage.number('fails', 1)) {
        const wait = stage.params.get('retry-after');
        stage.refuse(stage.number('status', 503), 'not this time', { headers: wait ? { 'retry-after': wait } : {} });
        return;
      }
      await normal.ok?.play(stage);
    },
  },
};

function firstTool(stage: Stage): string | undefined {
  const [tool] = (stage.body.tools ?? []) as { function?: { name?: string } }[];
  return tool?.function?.name;
}

export const scenarios: Record<string, Scenario> = { ...normal, ...faults };

/** The scenario that a model id names. */
export function scenarioOf(model: string): string {
  return model.split('?')[0] ?? '';
}
