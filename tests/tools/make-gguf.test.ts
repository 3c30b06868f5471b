import { describe, expect, it } from 'vitest';
import { makeGguf, splitReply } from './make-gguf.ts';

/** Reads a GGUF file as a loader does, from its first byte on. */
function readGguf(file: Buffer) {
  let at = 0;
  const take = (bytes: number) => {
    at += bytes;
    return at - bytes;
  };
  const u32 = () => file.readUInt32LE(take(4));
  const u64 = () => Number(file.readBigUInt64LE(take(8)));
  const f32 = () => file.readFloatLE(take(4));
  const i32 = () => file.readInt32LE(take(4));
  const text = () => {
    const length = u64();
    return file.toString('utf8', take(length), at);
  };
  const readers: Record<number, () => unknown> = {
    4: u32,
    5: i32,
    6: f32,
    7: () => file.readUInt8(take(1)) === 1,
    8: text,
    9: () => {
      const item = readers[u32()];
      return Array.from({ length: u64() }, () => item?.());
    },
  };
  const magic = file.toString('latin1', take(4), at);
  const version = u32();
  const [tensorCount, valueCount] = [u64(), u64()];
  const metadata: Record<string, unknown> = {};
  for (let i = 0; i < valueCount; i += 1) metadata[text()] = readers[u32()]?.();
  const tensors = Array.from({ length: tensorCount }, () => {
    const name = text();
    const dims = Array.from({ length: u32() }, u64);
    return { name, dims, type: u32(), offset: u64() };
  });
  return { magic, version, metadata, tensors, data: Math.ceil(at / 32) * 32 };
}

const reply = 'Hello, I am a model.\n\n```js\nsay("hello, hello")\n```\nDone 🎉 你好.';

describe('a model file that says one thing', () => {
  it('begins with magic, version and counts, and names what a loader asks for', () => {
    const { magic, version, metadata, tensors } = readGguf(makeGguf({ reply, layers: 2 }));
    expect([magic, version]).toEqual(['GGUF', 3]);
    expect(metadata).toMatchObject({
      'general.architecture': 'llama',
      'general.alignment': 32,
      'llama.block_count': 2,
      'tokenizer.ggml.model': 'llama',
      'tokenizer.ggml.eos_token_id': 2,
      'tokenizer.ggml.add_bos_token': true,
    });
    const names = tensors.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['token_embd.weight', 'output_norm.weight', 'output.weight']);
    expect(names.filter((name) => name.startsWith('blk.1.'))).toHaveLength(9);
  });

  it('has as many scores and types as tokens, every token once, and every byte', () => {
    const { metadata } = readGguf(makeGguf({ reply }));
    const tokens = metadata['tokenizer.ggml.tokens'] as string[];
    expect(metadata['tokenizer.ggml.scores']).toHaveLength(tokens.length);
    expect(metadata['tokenizer.ggml.token_type']).toHaveLength(tokens.length);
    expect(metadata['llama.vocab_size']).toBe(tokens.length);
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(tokens[3 + 0x0a]).toBe('<0x0A>');
    expect(tokens[3 + 0xff]).toBe('<0xFF>');
  });

  it('puts every tensor on a border of 32 bytes, one after the other, up to the end of the file', () => {
    const file = makeGguf({ reply, feed_forward: 65 });
    const { tensors, data } = readGguf(file);
    let expected = 0;
    for (const { dims, type, offset } of tensors) {
      expect([type, offset]).toEqual([0, expected]);
      expected = Math.ceil((expected + 4 * dims.reduce((product, dim) => product * dim, 1)) / 32) * 32;
    }
    expect(data + expected).toBe(file.length);
  });

  it.each([[false], [true]])('scores the next piece of the reply far above all others (endless: %s)', (endless) => {
    const file = makeGguf({ reply, endless });
    const { metadata, tensors, data } = readGguf(file);
    const tokens = metadata['tokenizer.ggml.tokens'] as string[];
    const matrix = (name: string) => {
      const found = tensors.find((tensor) => tensor.name === name);
      if (!found) throw new Error(`no ${name}`);
      const [width = 0, rows = 0] = found.dims;
      const start = data + found.offset;
      return Array.from({ length: rows }, (_, row) =>
        Array.from({ length: width }, (_, column) => file.readFloatLE(start + 4 * (row * width + column))),
      );
    };
    const [embedding, output] = [matrix('token_embd.weight'), matrix('output.weight')];
    const next = (token: number): number => {
      const scores = output.map((row) => row.reduce((sum, x, i) => sum + x * (embedding[token]?.[i] ?? 0), 0));
      const [best = 0, second = 0] = [...scores].sort((a, b) => b - a);
      expect(best - second).toBeGreaterThan(100);
      return scores.indexOf(best);
    };
    let said = '';
    let token = next(3 + 0x0a);
    for (let i = 0; i < splitReply(reply).length; i += 1) {
      said += tokens[token]?.replaceAll('▁', ' ');
      token = next(token);
    }
    expect(said).toBe(reply);
    expect(tokens[token]).toBe(endless ? 'Hell' : '</s>');
  });

  it('is the same bytes every time', () => {
    expect(makeGguf({ reply }).equals(makeGguf({ reply }))).toBe(true);
  });
});

describe('the pieces of a reply', () => {
  it.each([reply, 'a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'abcdabcdabcdabcd', ' '.repeat(50), 'one two '.repeat(40)])(
    'are all different and join to it: %j',
    (text) => {
      const pieces = splitReply(text);
      expect(pieces.join('')).toBe(text);
      expect(new Set(pieces).size).toBe(pieces.length);
    },
  );
});
