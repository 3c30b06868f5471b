/** The GGUF container, version 3: a header, metadata, a table of tensors, and their data on 32-byte borders. */

const MAGIC = 'GGUF';
const VERSION = 3;
const ALIGNMENT = 32;
const F32 = 0;

/** Metadata values, by the format's own types. */
export type GgufValue =
  | { u32: number }
  | { f32: number }
  | { bool: boolean }
  | { string: string }
  | { strings: string[] }
  | { f32s: number[] }
  | { i32s: number[] };

/** `dims[0]` runs fastest: a matrix from `dims[0]` inputs to `dims[1]` outputs, one output's row after the other. */
export interface Tensor {
  name: string;
  dims: number[];
  data: Float32Array;
}

const type = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 };

export function encodeGguf(metadata: readonly [string, GgufValue][], tensors: readonly Tensor[]): Buffer {
  const head = [Buffer.from(MAGIC), u32(VERSION), u64(tensors.length), u64(metadata.length)];
  for (const [key, value] of metadata) head.push(text(key), encodeValue(value));
  let offset = 0;
  for (const { name, dims, data } of tensors) {
    head.push(text(name), u32(dims.length), ...dims.map(u64), u32(F32), u64(offset));
    offset += padded(data.byteLength);
  }
  const header = padToBorder(Buffer.concat(head));
  return Buffer.concat([
    header,
    ...tensors.map(({ data }) => padToBorder(Buffer.from(data.buffer, data.byteOffset, data.byteLength))),
  ]);
}

function encodeValue(value: GgufValue): Buffer {
  if ('u32' in value) return Buffer.concat([u32(type.u32), u32(value.u32)]);
  if ('f32' in value) return Buffer.concat([u32(type.f32), f32(value.f32)]);
  if ('bool' in value) return Buffer.concat([u32(type.bool), Buffer.from([value.bool ? 1 : 0])]);
  if ('string' in value) return Buffer.concat([u32(type.string), text(value.string)]);
  if ('strings' in value) return array(type.string, value.strings.map(text));
  if ('f32s' in value) return array(type.f32, value.f32s.map(f32));
  return array(type.i32, value.i32s.map(i32));
}

function array(of: number, items: Buffer[]): Buffer {
  return Buffer.concat([u32(type.array), u32(of), u64(items.length), ...items]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function padded(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

function padToBorder(bytes: Buffer): Buffer {
  return bytes.length === padded(bytes.length) ? bytes : Buffer.concat([bytes], padded(bytes.length));
}
