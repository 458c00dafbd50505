const INITIAL_BYTES = 4096;
/** A scratch buffer that grew past this is not kept. */
const KEEP_BYTES = 1 << 20;

/** Writes TL primitives into a scratch buffer that grows; `take` copies the result out and makes it reusable. */
export class Writer {
  private buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  position = 0;

  private reserve(bytes: number): number {
    const start = this.position;
    const needed = start + bytes;
    if (needed > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
      this.buffer.copy(grown, 0, 0, start);
      this.buffer = grown;
    }
    this.position = needed;
    return start;
  }

  int(value: number): void {
    const start = this.reserve(4);
    this.buffer.writeInt32LE(value | 0, start);
  }

  uint(value: number): void {
    const start = this.reserve(4);
    this.buffer.writeUInt32LE(value >>> 0, start);
  }

  /** Overwrites a word written before, for flags that are known only after their fields. */
  uintAt(position: number, value: number): void {
    this.buffer.writeUInt32LE(value >>> 0, position);
  }

  long(value: bigint | number): void {
    const start = this.reserve(8);
    if (typeof value === "number") {
      this.buffer.writeInt32LE(value | 0, start);
      this.buffer.writeInt32LE(Math.floor(value / 0x1_0000_0000), start + 4);
    } else {
      this.buffer.writeBigInt64LE(BigInt.asIntN(64, value), start);
    }
  }

  double(value: number): void {
    const start = this.reserve(8);
    this.buffer.writeDoubleLE(value, start);
  }

  raw(value: Uint8Array): void {
    const start = this.reserve(value.length);
    this.buffer.set(value, start);
  }

  bytes(value: Uint8Array): void {
    this.bytesHeader(value.length);
    this.raw(value);
    this.pad(value.length);
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    this.bytesHeader(length);
    const start = this.reserve(length);
    this.buffer.write(value, start);
    this.pad(length);
  }

  private bytesHeader(length: number): void {
    if (length < 254) {
      const start = this.reserve(1);
      this.buffer[start] = length;
    } else {
      const start = this.reserve(4);
      this.buffer.writeUInt32LE(((length << 8) | 254) >>> 0, start);
    }
  }

  private pad(length: number): void {
    const header = length < 254 ? 1 : 4;
    const padding = (4 - ((length + header) & 3)) & 3;
    const start = this.reserve(padding);
    this.buffer.fill(0, start, start + padding);
  }

  /** The bytes written so far, as a copy; the writer starts anew. */
  take(): Buffer {
    const result = Buffer.from(this.buffer.subarray(0, this.position));
    this.reset();
    return result;
  }

  reset(): void {
    this.position = 0;
    if (this.buffer.length > KEEP_BYTES) this.buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  }
}
