/** What the demo says. Nothing of the prompt is repeated: it only chooses the text. */
export interface Script {
  reasoning: string;
  answer: string;
}

const CONNECT = `## Connect a real model

**On this machine, with Ollama.** Install it from [ollama.com](https://ollama.com), then fetch a model:

\`\`\`sh
ollama pull llama3.2
\`\`\`

LightChat notices a running Ollama within seconds, and LM Studio and llama.cpp on their usual ports too; choose it under *Provider*.

**Any OpenAI-compatible service.** Add it under *Settings*, or in \`settings.yaml\`:

\`\`\`yaml
providers:
  - id: my_provider
    type: openai
    host: https://api.openai.com/v1
    api_key: \${OPENAI_API_KEY}
\`\`\`
`;

const HELLO: Script = {
  reasoning: 'No model is connected, so the scripted demo answers. ',
  answer: `Hello! I am the **scripted demo** of LightChat, not a language model: my answers were written in advance, and I do not understand what you write.

I am here so that you can try the page before a model is connected. Stop me, reload while I am writing, or open a second tab: nothing is lost.

> Write **help** to learn how to connect a real model, **markdown** to see what a message can show, or **code** for some code.

The quickest way to a real answer: start Ollama, or add a provider in \`settings.yaml\`.
`,
};

const HELP: Script = {
  reasoning: 'The word help was in the message, so the script about connecting a model fits. ',
  answer: `This is the **scripted demo**, so this answer was written in advance.

${CONNECT}
As soon as a provider is ready, you can choose it for the next message.
`,
};

const MARKDOWN: Script = {
  reasoning: 'The message asks what can be shown, so the script with every kind of block fits. ',
  answer: `# What a message can show

This is the **scripted demo**; a real model decides for itself how to write. Text can be **bold**, *italic* or \`inline code\`.

## Lists

- first point
- second point
  - a point below it

1. one
2. two

## A table

| What | How it is kept |
| --- | --- |
| an answer being written | stored before it is shown |
| a reload | goes on where it was |
| a stop | works from any tab |

## A quote

> Nothing that anyone has seen is ever lost.

## Code

\`\`\`ts
function greet(name: string): string {
  return \`Hello, \${name}!\`;
}
\`\`\`

Write **help** to connect a real model.
`,
};

const CODE: Script = {
  reasoning: 'The message is about code, so the script with code fits. ',
  answer: `I am the **scripted demo**, so I cannot write code for you, but here is how code looks:

\`\`\`python
def fibonacci(count: int) -> list[int]:
    numbers = [0, 1]
    while len(numbers) < count:
        numbers.append(numbers[-1] + numbers[-2])
    return numbers[:count]
\`\`\`

Inline code looks like \`fibonacci(10)\`. To get code that answers your question, connect a real model: start Ollama, or add a provider in \`settings.yaml\`. Write **help** for the steps.
`,
};

export function chooseScript(prompt: string): Script {
  const words = prompt.slice(0, 2000).toLowerCase();
  if (/\b(help|how do i|how to|connect|setup|set up|install|ollama|api key)\b/.test(words)) return HELP;
  if (/\b(markdown|table|list|heading|format\w*|quote)\b/.test(words)) return MARKDOWN;
  if (/\b(code|function|program\w*|python|javascript|typescript|sql|script)\b/.test(words)) return CODE;
  return HELLO;
}
