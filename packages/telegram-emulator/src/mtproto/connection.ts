import type { Socket } from "node:net";
import { FramingError } from "../transport/framing.ts";
import { TransportStream } from "../transport/stream.ts";

/** More unread output than this, and the client is taken to read no more. Bytes. */
const MAX_UNREAD_BYTES = 4 << 20;

export interface ConnectionEvents {
  packet(connection: Connection, packet: Buffer): void;
  /** The client sent what no transport of Telegram's allows. */
  refused(connection: Connection, reason: string): void;
  slowReader(connection: Connection): void;
  closed(connection: Connection): void;
}

/** One TCP connection: packets in, packets out. */
export class Connection {
  readonly id: number;
  /** The data centre that the client dialled. */
  readonly dc: number;
  closed = false;
  /** Set by ping_delay_disconnect. Milliseconds since 1970. */
  disconnectAt: number | undefined;
  private readonly socket: Socket;
  private readonly stream = new TransportStream();
  private readonly events: ConnectionEvents;

  constructor(id: number, dc: number, socket: Socket, events: ConnectionEvents) {
    this.id = id;
    this.dc = dc;
    this.socket = socket;
    this.events = events;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.receive(chunk));
    // The end of the client's stream is the end of its use, before the socket is torn down.
    socket.on("end", () => this.markClosed());
    socket.on("close", () => this.markClosed());
    socket.on("error", () => this.close());
  }

  get transport(): string {
    return this.stream.name;
  }

  write(payload: Buffer): void {
    this.writeRaw(this.frame(payload));
  }

  frame(payload: Buffer): Buffer {
    return this.stream.encode(payload);
  }

  writeRaw(bytes: Buffer): void {
    if (this.closed) return;
    this.socket.write(bytes);
    if (this.socket.writableLength > MAX_UNREAD_BYTES) {
      this.events.slowReader(this);
      this.close();
    }
  }

  /** A transport error, such as 404: https://core.telegram.org/mtproto/mtproto-transports#transport-errors */
  writeTransportError(code: number): void {
    const payload = Buffer.allocUnsafe(4);
    payload.writeInt32LE(-code, 0);
    this.write(payload);
  }

  /** Sends what is written, then closes. */
  end(): void {
    this.socket.end();
    this.markClosed();
  }

  close(): void {
    this.socket.destroy();
    this.markClosed();
  }

  pause(): void {
    this.socket.pause();
    this.socket.cork();
  }

  resume(): void {
    this.socket.uncork();
    this.socket.resume();
  }

  private receive(chunk: Buffer): void {
    // Everything that one chunk causes leaves in one write.
    this.socket.cork();
    try {
      for (const packet of this.stream.push(chunk)) {
        if (this.closed) return;
        this.events.packet(this, packet);
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.events.refused(this, error.message);
      this.close();
    } finally {
      this.socket.uncork();
    }
  }

  private markClosed(): void {
    if (this.closed) return;
    this.closed = true;
    this.events.closed(this);
  }
}
