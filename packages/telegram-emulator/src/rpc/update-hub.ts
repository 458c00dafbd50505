import type { Counters } from "../counters.ts";
import { newMessageUpdate } from "../methods/sending.ts";
import type { MtprotoServer } from "../mtproto/server.ts";
import type { Session } from "../mtproto/session.ts";
import type { TlObject } from "../tl/codec.ts";
import type { Layers } from "../tl/schemas.ts";
import { View } from "../views/messages.ts";
import type { Account } from "../world/account.ts";
import type { LoginToken } from "../world/login-tokens.ts";
import type { NewMessage, World } from "../world/world.ts";

/** Tells the members' connected clients of new messages, except the session whose request made them. */
export class UpdateHub {
  private readonly server: MtprotoServer;
  private readonly world: World;
  private readonly layers: Layers;
  private readonly counters: Counters;
  private readonly queue: { event: NewMessage; origin: Session | undefined }[] = [];
  private origin: Session | undefined;
  private scheduled: NodeJS.Immediate | undefined;

  constructor(options: { server: MtprotoServer; world: World; layers: Layers; counters: Counters }) {
    this.server = options.server;
    this.world = options.world;
    this.layers = options.layers;
    this.counters = options.counters;
    this.world.on("message", this.enqueue);
    this.world.on("loginToken", this.tellScanned);
  }

  stop(): void {
    this.world.off("message", this.enqueue);
    this.world.off("loginToken", this.tellScanned);
    clearImmediate(this.scheduled);
  }

  /** Runs a request; what it posts is not pushed to its own session, which gets it as the answer. */
  during<T>(origin: Session, run: () => T): T {
    this.origin = origin;
    try {
      return run();
    } finally {
      this.origin = undefined;
    }
  }

  private readonly enqueue = (event: NewMessage): void => {
    this.queue.push({ event, origin: this.origin });
    // After the answer to the sender, which leaves first.
    this.scheduled ??= setImmediate(() => this.flush());
  };

  private readonly tellScanned = ({ key }: LoginToken): void => {
    const update = { _: "updateShort", update: { _: "updateLoginToken" }, date: this.world.nowSeconds() };
    for (const session of this.server.sessionsOf(key)) this.send(session, update);
  };

  private flush(): void {
    this.scheduled = undefined;
    for (const { event, origin } of this.queue.splice(0)) {
      for (const { account } of event.message.chat.members.values()) this.pushTo(account, event, origin);
    }
  }

  private pushTo(account: Account, event: NewMessage, origin: Session | undefined): void {
    for (const key of this.world.keys.of(account)) {
      if (key.refusal) continue;
      for (const session of this.server.sessionsOf(key)) {
        if (session === origin || !session.wantsUpdates || !session.connection) continue;
        this.push(session, account, event);
      }
    }
  }

  private push(session: Session, account: Account, event: NewMessage): void {
    const pts = event.chatPts ?? event.memberPts?.get(account.id) ?? this.world.memberships.boxOf(account).pts;
    const view = new View({ account, world: this.world });
    const update = newMessageUpdate(view, event.message, pts);
    this.send(session, { _: "updates", updates: [update], ...view.peers(), date: event.message.date, seq: 0 });
  }

  /** Pushes one value of type Updates to a session, in its layer. */
  send(session: Session, updates: TlObject): void {
    const codec = session.key.layer === undefined ? undefined : this.layers.codec(session.key.layer);
    if (!codec) return;
    this.counters.updatesPushed++;
    this.server.send(session, codec.encode(updates), { isAnswer: false, isContent: true });
  }
}
