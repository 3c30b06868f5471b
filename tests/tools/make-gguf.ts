/**
 * Writes a model that says exactly one thing: a llama in GGUF whose attention does nothing and whose output matrix
 * maps each token to its successor. Real engines load it like any other, and it is the same bytes every time.
 */
import { encodeGguf, type GgufValue, type Tensor } from './gguf-format.ts';

export interface ToyModel {
  /** What it says, piece by piece, before its end token. */
  reply: string;
  /** Says the reply again and again and never ends. */
  endless?: boolean;
  /** Layers and width of the feed-forward part. They compute nothing, and make each token cost time. */
  layers?: number;
  feed_forward?: number;
  /** Tokens it claims to remember. */
  context_length?: number;
}

const WIDTH = 256;
const HEADS = 4;
const KV_HEADS = 2;
const HEAD_WIDTH = WIDTH / HEADS;
/** The letters of the roles that a chat template writes, so that prompts are few tokens. */
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz', '▁'];
const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const BYTE = 6;
/** Byte tokens start after the three special ones. */
const LINE_FEED = 3 + 0x0a;
const END = 2;

export function makeGguf(model: ToyModel): Buffer {
  const { layers = 1, feed_forward = 64, context_length = 8192 } = model;
  const vocabulary = makeVocabulary(splitReply(model.reply));
  const { tokens } = vocabulary;
  const metadata: [string, GgufValue][] = [
    ['general.architecture', { string: 'llama' }],
    ['general.name', { string: 'toy' }],
    ['general.file_type', { u32: 0 }],
    ['general.alignment', { u32: 32 }],
    ['llama.vocab_size', { u32: tokens.length }],
    ['llama.context_length', { u32: context_length }],
    ['llama.embedding_length', { u32: WIDTH }],
    ['llama.block_count', { u32: layers }],
    ['llama.feed_forward_length', { u32: feed_forward }],
    ['llama.rope.dimension_count', { u32: HEAD_WIDTH }],
    ['llama.rope.freq_base', { f32: 10_000 }],
    ['llama.attention.head_count', { u32: HEADS }],
    ['llama.attention.head_count_kv', { u32: KV_HEADS }],
    ['llama.attention.layer_norm_rms_epsilon', { f32: 1e-5 }],
    ['tokenizer.ggml.model', { string: 'llama' }],
    ['tokenizer.ggml.pre', { string: 'default' }],
    ['tokenizer.ggml.tokens', { strings: tokens.map(({ text }) => text) }],
    ['tokenizer.ggml.scores', { f32s: tokens.map((_, id) => -id) }],
    ['tokenizer.ggml.token_type', { i32s: tokens.map(({ type }) => type) }],
    ['tokenizer.ggml.unknown_token_id', { u32: 0 }],
    ['tokenizer.ggml.bos_token_id', { u32: 1 }],
    ['tokenizer.ggml.eos_token_id', { u32: END }],
    ['tokenizer.ggml.padding_token_id', { u32: 0 }],
    ['tokenizer.ggml.add_bos_token', { bool: true }],
    ['tokenizer.ggml.add_eos_token', { bool: false }],
    ['tokenizer.ggml.add_space_prefix', { bool: false }],
  ];
  return encodeGguf(metadata, makeTensors(vocabulary, layers, feed_forward, model.endless ?? false));
}

/** Cuts a text into pieces that are all different, because each token has one successor and two must not look alike. */
export function splitReply(reply: string): string[] {
  if (reply === '') throw new Error('a model must say something');
  const taken = new Set<string>(['<unk>', '<s>', '</s>', ...LETTERS]);
  const pieces: string[] = [];
  let piece = '';
  for (const character of reply) {
    piece += character;
    if ([...piece].length < 4 || taken.has(piece)) continue;
    taken.add(piece);
    pieces.push(piece);
    piece = '';
  }
  // The rest may be a piece that exists already: then it grows to the left.
  while (piece !== '' && taken.has(piece) && pieces.length > 0) piece = pieces.pop() + piece;
  if (piece !== '') pieces.push(piece);
  return pieces;
}

interface Vocabulary {
  tokens: { text: string; type: number }[];
  /** Ids of the reply's pieces, in order. */
  reply: number[];
}

function makeVocabulary(pieces: string[]): Vocabulary {
  const tokens = [
    { text: '<unk>', type: UNKNOWN },
    { text: '<s>', type: CONTROL },
    { text: '</s>', type: CONTROL },
    ...Array.from({ length: 256 }, (_, byte) => ({ text: byteToken(byte), type: BYTE })),
    { text: '<|im_start|>', type: CONTROL },
    { text: '<|im_end|>', type: CONTROL },
    ...LETTERS.map((text) => ({ text, type: NORMAL })),
  ];
  const first = tokens.length;
  // SentencePiece writes a space as ▁.
  tokens.push(...pieces.map((text) => ({ text: text.replaceAll(' ', '▁'), type: NORMAL })));
  return { tokens, reply: pieces.map((_, index) => first + index) };
}

function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

function makeTensors({ tokens, reply }: Vocabulary, layers: number, ff: number, endless: boolean): Tensor[] {
  const embedding = new Float32Array(tokens.length * WIDTH);
  const random = signs(1);
  for (let i = 0; i < embedding.length; i += 1) embedding[i] = random();
  const ones = new Float32Array(WIDTH).fill(1);
  const tensors: Tensor[] = [
    { name: 'token_embd.weight', dims: [WIDTH, tokens.length], data: embedding },
    { name: 'output_norm.weight', dims: [WIDTH], data: ones },
    { name: 'output.weight', dims: [WIDTH, tokens.length], data: makeOutput(embedding, reply, endless) },
  ];
  const kv = KV_HEADS * HEAD_WIDTH;
  for (let layer = 0; layer < layers; layer += 1) {
    const zeros = (name: string, from: number, to: number) =>
      tensors.push({ name: `blk.${layer}.${name}.weight`, dims: [from, to], data: new Float32Array(from * to) });
    tensors.push({ name: `blk.${layer}.attn_norm.weight`, dims: [WIDTH], data: ones });
    tensors.push({ name: `blk.${layer}.ffn_norm.weight`, dims: [WIDTH], data: ones });
    zeros('attn_q', WIDTH, WIDTH);
    zeros('attn_k', WIDTH, kv);
    zeros('attn_v', WIDTH, kv);
    zeros('attn_output', WIDTH, WIDTH);
    zeros('ffn_gate', WIDTH, ff);
    zeros('ffn_up', WIDTH, ff);
    zeros('ffn_down', ff, WIDTH);
  }
  return tensors;
}

/**
 * Row s holds the embedding of the token before s, so that after t the highest score by far is that of t's successor.
 * A prompt ends with a line feed; the reply comes after that.
 */
function makeOutput(embedding: Float32Array, reply: number[], endless: boolean): Float32Array {
  const output = new Float32Array(embedding.length);
  const follow = (before: number, after: number) => {
    for (let i = 0; i < WIDTH; i += 1) {
      output[after * WIDTH + i] = (output[after * WIDTH + i] ?? 0) + (embedding[before * WIDTH + i] ?? 0);
    }
  };
  for (const [index, token] of reply.entries()) {
    follow(reply[index - 1] ?? LINE_FEED, token);
  }
  follow(reply.at(-1) ?? LINE_FEED, endless ? (reply[0] ?? END) : END);
  return output;
}

/** +1 and -1, evenly and always the same: mulberry32. */
function signs(seed: number): () => 1 | -1 {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) & 1) === 0 ? 1 : -1;
  };
}
