import { ByteQueue } from "./byte-queue.ts";
import { abridged, type Framing, FramingError, full, intermediate, padded } from "./framing.ts";
import { OBFUSCATION_HEADER_BYTES, type Obfuscation, openObfuscation } from "./obfuscation.ts";

const ABRIDGED_BYTE = 0xef;
const ABRIDGED = 0xefefefef;
const INTERMEDIATE = 0xeeeeeeee;
const PADDED = 0xdddddddd;
/** First words that belong to other protocols: GET, POST, HEAD, OPTI, and a TLS hello. */
const FOREIGN = new Set([0x20544547, 0x54534f50, 0x44414548, 0x4954504f, 0x02010316]);

/** One client's byte stream: finds out its transport from the first bytes, then cuts packets. */
export class TransportStream {
  private readonly queue = new ByteQueue();
  private framing: Framing | undefined;
  private obfuscation: Obfuscation | undefined;

  /** The transport's name once it is known, such as `obfuscated padded`. */
  get name(): string {
    if (!this.framing) return "unknown";
    return this.obfuscation ? `obfuscated ${this.framing.name}` : this.framing.name;
  }

  /** The packets completed by this chunk. @throws FramingError when the stream is no transport of Telegram's */
  *push(chunk: Buffer): Generator<Buffer> {
    this.queue.push(this.obfuscation ? this.obfuscation.decipher.update(chunk) : chunk);
    this.framing ??= this.detect();
    while (this.framing) {
      const packet = this.framing.next(this.queue);
      if (!packet) return;
      yield packet;
    }
  }

  encode(payload: Buffer): Buffer {
    if (!this.framing) throw new FramingError("nothing was received yet");
    const packet = this.framing.encode(payload);
    return this.obfuscation ? this.obfuscation.cipher.update(packet) : packet;
  }

  private detect(): Framing | undefined {
    if (this.queue.peek(1)?.[0] === ABRIDGED_BYTE) {
      this.queue.take(1);
      return abridged();
    }
    const first = this.queue.peek(4)?.readUInt32LE(0);
    if (first === undefined) return undefined;
    if (first === INTERMEDIATE || first === PADDED) {
      this.queue.take(4);
      return first === PADDED ? padded() : intermediate();
    }
    if (FOREIGN.has(first)) throw new FramingError("this is another protocol, not MTProto");
    const second = this.queue.peek(8)?.readUInt32LE(4);
    if (second === undefined) return undefined;
    // A full stream begins with packet number 0, which an obfuscated one never has there.
    if (second === 0) return full();
    return this.queue.length < OBFUSCATION_HEADER_BYTES ? undefined : this.detectObfuscated();
  }

  private detectObfuscated(): Framing {
    const obfuscation = openObfuscation(this.queue.take(OBFUSCATION_HEADER_BYTES));
    const framing = framingOfTag(obfuscation.tag);
    if (!framing) throw new FramingError("no known transport begins like this");
    this.obfuscation = obfuscation;
    if (this.queue.length > 0) this.queue.push(obfuscation.decipher.update(this.queue.take(this.queue.length)));
    return framing;
  }
}

function framingOfTag(tag: number): Framing | undefined {
  if (tag === ABRIDGED) return abridged();
  if (tag === INTERMEDIATE) return intermediate();
  if (tag === PADDED) return padded();
  return undefined;
}
