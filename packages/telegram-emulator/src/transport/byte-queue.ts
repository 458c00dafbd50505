/** Bytes as they arrive from a socket, joined only when a whole piece is there. */
export class ByteQueue {
  private chunks: Buffer[] = [];
  length = 0;

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  /** The next `bytes` bytes without taking them, or undefined while they are not all there. */
  peek(bytes: number): Buffer | undefined {
    if (this.length < bytes) return undefined;
    return this.join(bytes).subarray(0, bytes);
  }

  take(bytes: number): Buffer {
    const head = this.join(bytes);
    const rest = head.subarray(bytes);
    if (rest.length > 0) this.chunks[0] = rest;
    else this.chunks.shift();
    this.length -= bytes;
    return head.subarray(0, bytes);
  }

  private join(bytes: number): Buffer {
    const first = this.chunks[0];
    if (first && first.length >= bytes) return first;
    if (bytes > this.length) throw new RangeError(`${bytes} bytes asked of ${this.length}`);
    const joined = Buffer.concat(this.chunks);
    this.chunks = [joined];
    return joined;
  }
}
