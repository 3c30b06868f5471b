/** Everything a chat page has to render, and one thing it must not. */
export const MARKDOWN = `# A heading

A paragraph with **bold**, *italic*, \`inline code\` and a [link](https://example.com/).

- one
- two
  - two and a half

1. first
2. second

| name | value |
| --- | ---: |
| alpha | 1 |
| beta | 2 |

> A quote.

\`\`\`ts
const answer: number = 42;
\`\`\`

<img src=x onerror="window.hacked = true"> and [a bad link](javascript:window.hacked=true).
`;
