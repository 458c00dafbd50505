/** Reads TL primitives. Every read is checked against the end of the buffer. */
export class Reader {
  readonly buffer: Buffer;
  position: number;
  readonly end: number;
  /** Nesting of boxed objects, bounded so that a hostile message cannot exhaust the stack. */
  depth = 0;

  constructor(buffer: Buffer, position = 0, end = buffer.length) {
    this.buffer = buffer;
    this.position = position;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  private advance(bytes: number): number {
    const start = this.position;
    if (bytes < 0 || start + bytes > this.end) throw new TlError("the message ends inside a value");
    this.position = start + bytes;
    return start;
  }

  int(): number {
    return this.buffer.readInt32LE(this.advance(4));
  }

  uint(): number {
    return this.buffer.readUInt32LE(this.advance(4));
  }

  peekUint(): number {
    if (this.remaining < 4) throw new TlError("the message ends inside a value");
    return this.buffer.readUInt32LE(this.position);
  }

  long(): bigint {
    return this.buffer.readBigInt64LE(this.advance(8));
  }

  double(): number {
    return this.buffer.readDoubleLE(this.advance(8));
  }

  raw(bytes: number): Buffer {
    const start = this.advance(bytes);
    return this.buffer.subarray(start, start + bytes);
  }

  bytes(): Buffer {
    const first = this.buffer[this.advance(1)] as number;
    if (first < 254) {
      const value = this.raw(first);
      this.advance((4 - ((first + 1) & 3)) & 3);
      return value;
    }
    const start = this.advance(3);
    const value = this.raw(this.buffer.readUIntLE(start, 3));
    this.advance((4 - (value.length & 3)) & 3);
    return value;
  }

  string(): string {
    return this.bytes().toString("utf8");
  }
}

/** A message that does not follow the schema. */
export class TlError extends Error {
  override readonly name = "TlError";
}
