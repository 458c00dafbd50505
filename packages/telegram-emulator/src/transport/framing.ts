import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ByteQueue } from "./byte-queue.ts";

/** How packets are told apart on a stream: https://core.telegram.org/mtproto/mtproto-transports */
export interface Framing {
  readonly name: "abridged" | "intermediate" | "padded" | "full";
  /** The next whole packet, or undefined until more bytes arrive. @throws FramingError when the stream is unusable */
  next(queue: ByteQueue): Buffer | undefined;
  encode(payload: Buffer): Buffer;
}

/** A stream that cannot be followed any further: the connection is to be closed. */
export class FramingError extends Error {
  override readonly name = "FramingError";
}

/** Larger than any request of a supported method; a longer announcement is an attack or a bug. Bytes. */
export const MAX_PACKET_BYTES = 1 << 20;

/** The top bit of a length asks for a quick acknowledgement, which servers may leave out. */
const QUICK_ACK_FREE = 0x7fffffff;

function checked(bytes: number): number {
  if (bytes > MAX_PACKET_BYTES) throw new FramingError(`a packet of ${bytes} bytes was announced`);
  return bytes;
}

export function abridged(): Framing {
  return {
    name: "abridged",
    next(queue) {
      const first = queue.peek(1)?.[0];
      if (first === undefined) return undefined;
      const short = first & 0x7f;
      const headerBytes = short === 0x7f ? 4 : 1;
      const header = queue.peek(headerBytes);
      if (!header) return undefined;
      const bytes = checked((headerBytes === 1 ? short : header.readUIntLE(1, 3)) * 4);
      if (queue.length < headerBytes + bytes) return undefined;
      return queue.take(headerBytes + bytes).subarray(headerBytes);
    },
    encode(payload) {
      const words = payload.length >> 2;
      if (words < 0x7f) return Buffer.concat([Buffer.from([words]), payload]);
      const header = Buffer.allocUnsafe(4);
      header.writeUInt32LE(((words << 8) | 0x7f) >>> 0, 0);
      return Buffer.concat([header, payload]);
    },
  };
}

export function intermediate(): Framing {
  return {
    name: "intermediate",
    next: nextWithLength,
    encode(payload) {
      const header = Buffer.allocUnsafe(4);
      header.writeUInt32LE(payload.length, 0);
      return Buffer.concat([header, payload]);
    },
  };
}

export function padded(): Framing {
  return {
    name: "padded",
    next(queue) {
      const packet = nextWithLength(queue);
      // Up to 15 bytes of padding follow; payloads are whole words, and the longer part of it is cut by the message's own length.
      return packet?.subarray(0, packet.length - (packet.length % 4));
    },
    encode(payload) {
      // A four-byte payload is a transport error, which clients know by its length.
      const padding = payload.length === 4 ? Buffer.alloc(0) : randomBytes(Math.floor(Math.random() * 16));
      const header = Buffer.allocUnsafe(4);
      header.writeUInt32LE(payload.length + padding.length, 0);
      return Buffer.concat([header, payload, padding]);
    },
  };
}

function nextWithLength(queue: ByteQueue): Buffer | undefined {
  const header = queue.peek(4);
  if (!header) return undefined;
  const bytes = checked(header.readUInt32LE(0) & QUICK_ACK_FREE);
  if (queue.length < 4 + bytes) return undefined;
  return queue.take(4 + bytes).subarray(4);
}

const FULL_OVERHEAD = 12;

export function full(): Framing {
  let expected = 0;
  let sent = 0;
  return {
    name: "full",
    next(queue) {
      const header = queue.peek(4);
      if (!header) return undefined;
      const bytes = checked(header.readUInt32LE(0));
      if (bytes < FULL_OVERHEAD) throw new FramingError(`a full packet of ${bytes} bytes`);
      if (queue.length < bytes) return undefined;
      const packet = queue.take(bytes);
      if (packet.readUInt32LE(bytes - 4) !== crc32(packet.subarray(0, bytes - 4))) throw new FramingError("wrong CRC");
      if (packet.readInt32LE(4) !== expected++) throw new FramingError("wrong packet number");
      return packet.subarray(8, bytes - 4);
    },
    encode(payload) {
      const packet = Buffer.allocUnsafe(payload.length + FULL_OVERHEAD);
      packet.writeUInt32LE(packet.length, 0);
      packet.writeInt32LE(sent++, 4);
      payload.copy(packet, 8);
      packet.writeUInt32LE(crc32(packet.subarray(0, packet.length - 4)), packet.length - 4);
      return packet;
    },
  };
}
