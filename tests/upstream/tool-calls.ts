/** Tool calls as OpenAI-compatible servers really send them. All call `add` with {"a":1,"b":2}. */
function chunks(...deltas: unknown[][]): string {
  return deltas
    .map(
      (tool_calls) =>
        `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls }, finish_reason: null }] })}\n\n`,
    )
    .join('');
}
const named = (text: string) => ({ name: 'add', arguments: text });

export const toolCalls: Record<string, string> = {
  fragments: chunks(
    [{ index: 0, id: 'call_1', type: 'function', function: named('') }],
    [{ index: 0, function: { arguments: '{"a":1,' } }],
    [{ index: 0, function: { arguments: '"b":2}' } }],
  ),
  whole: chunks([{ index: 0, id: 'call_1', type: 'function', function: named('{"a":1,"b":2}') }]),
  'no-index': chunks(
    [{ id: 'call_1', type: 'function', function: named('{"a":1,') }],
    [{ function: { arguments: '"b":2}' } }],
  ),
  'no-id': chunks([{ index: 0, function: named('{"a":1,') }], [{ index: 0, function: { arguments: '"b":2}' } }]),
  'id-repeated': chunks(
    [{ index: 0, id: 'call_1', type: 'function', function: named('{"a":1,') }],
    [{ index: 0, id: 'call_1', type: 'function', function: { name: null, arguments: '"b":2}' } }],
  ),
  'same-index': chunks(
    [{ index: 0, id: 'call_1', type: 'function', function: named('{"a":1,"b":2}') }],
    [{ index: 0, id: 'call_2', type: 'function', function: named('{"a":1,"b":2}') }],
  ),
  interleaved: chunks(
    [{ index: 1, id: 'call_1', function: named('{"a":1,') }],
    [{ index: 2, id: 'call_2', function: named('{"a":1,') }],
    [{ index: 1, function: { arguments: '"b":2}' } }],
    [{ index: 2, function: { arguments: '"b":2}' } }],
  ),
  'index-from-1': chunks(
    [{ index: 1, id: 'call_1', type: 'function', function: named('') }],
    [{ index: 1, function: { arguments: '{"a":1,"b":2}' } }],
  ),
  'no-type': chunks(
    [{ index: 0, id: 'call_1', function: named('{"a":1,') }],
    [{ index: 0, function: { arguments: '"b":2}' } }],
  ),
  'null-later': chunks(
    [{ index: 0, id: 'call_1', type: 'function', function: named('{"a":1,') }],
    [{ index: 0, id: null, type: null, function: { name: null, arguments: '"b":2}' } }],
    [{ index: 0, function: { arguments: null } }],
  ),
  'empty-later': chunks(
    [{ index: 0, id: 'call_1', type: 'function', function: named('{"a":1,') }],
    [{ index: 0, id: '', function: { name: '', arguments: '"b":2}' } }],
  ),
  'id-changing': chunks(
    [{ index: 0, id: 'call_1', type: 'function', function: named('{"a":1,') }],
    [{ index: 0, id: 'call_other', function: { arguments: '"b":2}' } }],
  ),
  'same-index-no-id': chunks(
    [{ index: 0, function: named('{"a":1,"b":2}') }],
    [{ index: 0, function: named('{"a":1,"b":2}') }],
  ),
  'same-id': chunks(
    [{ index: 0, id: 'call_1', type: 'function', function: named('{"a":1,"b":2}') }],
    [{ index: 1, id: 'call_1', type: 'function', function: named('{"a":1,') }],
    [{ index: 1, function: { arguments: '"b":2}' } }],
  ),
  'no-index-two': chunks(
    [{ id: 'call_1', type: 'function', function: named('{"a":1,"b":2}') }],
    [{ id: 'call_2', type: 'function', function: named('{"a":1,') }],
    [{ id: 'call_2', function: { arguments: '"b":2}' } }],
  ),
  'both-in-one': chunks([
    { index: 0, id: 'call_1', type: 'function', function: named('{"a":1,"b":2}') },
    { index: 1, id: 'call_2', type: 'function', function: named('{"a":1,"b":2}') },
  ]),
  signed: chunks([
    {
      id: 'call_1',
      type: 'function',
      function: named('{"a":1,"b":2}'),
      extra_content: { google: { thought_signature: 'c2ln' } },
    },
  ]),
  object: chunks([{ index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: { a: 1, b: 2 } } }]),
};
