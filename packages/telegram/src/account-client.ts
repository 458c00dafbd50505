import { told } from "@herald/contract";
import type { Account, LastRefusal, Outcome, Peer, Refusal, Resolution, TelegramClient } from "@herald/core";
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import type { AccountLink } from "./gram/account-link.ts";
import type { MethodWaits } from "./gram/method-waits.ts";
import { findOwnMessage, type Posted } from "./gram/own-message.ts";
import { inputChannel, inputPeer } from "./gram/peers.ts";
import { endInChat, tellsItsEnd } from "./gram/refusal-end.ts";
import { lookUpsWait, Resolver } from "./gram/resolver.ts";
import { sentMessageId, sentMessageIdIn } from "./gram/sent-message.ts";

/** The topic that every forum has; what is sent to no topic is in it. https://core.telegram.org/api/forum#forum-topics */
const GENERAL_TOPIC = 1;

/** After Telegram said that an earlier call of the same send is known: it may still run. */
const STILL_RUNNING_MS = 2_000;

/** Telegram answered, with no error, and GramJS does not know the form. */
const UNREADABLE = "UNREADABLE_ANSWER";

/** The text would have to go without the preview of its link. https://core.telegram.org/method/messages.sendMessage#possible-errors */
const NO_PREVIEWS = "CHAT_SEND_WEBPAGE_FORBIDDEN";

/** Where a send goes, under which number, whether an earlier try with that number may have been executed, and since when. */
interface Sending {
  to: Peer;
  topicId: number | undefined;
  randomId: bigint;
  mayStand: boolean;
  firstTriedAt?: Date;
}

/** What a client needs of its account's link. */
type Link = Pick<AccountLink, "ended" | "aheadMs" | "invoke" | "pause" | "end">;

/** One connected account, by raw requests: GramJS's own methods take no random_id and look peers up by themselves. */
export class AccountClient implements TelegramClient {
  readonly #link: Link;
  readonly #callMs: number;
  readonly #waits: MethodWaits;
  readonly #resolver: Resolver;

  constructor(link: Link, options: { callMs: number; waits: MethodWaits }) {
    this.#link = link;
    this.#callMs = options.callMs;
    this.#waits = options.waits;
    this.#resolver = new Resolver((request) => this.#lookUp(request));
  }

  get ended(): boolean {
    return this.#link.ended;
  }

  async me(): Promise<{ kind: "me"; account: Account } | Refusal> {
    const answer = await this.#invoke(new Api.users.GetUsers({ id: [new Api.InputUserSelf()] }));
    if (answer.kind !== "result") return answer;
    const [user] = answer.value;
    if (!(user instanceof Api.User)) return { kind: "unknown", code: "NO_CLEAR_ANSWER" };
    const { id, username, usernames, firstName, phone } = user;
    return {
      kind: "me",
      account: {
        userId: id.toString(),
        username: told(username ?? usernames?.find((name) => name.active)?.username ?? "") || null,
        firstName: told(firstName ?? "") || null,
        phone: phone ?? null,
      },
    };
  }

  resolve(reference: string, options: { stale?: Peer; searchAfter?: Date } = {}): Promise<Resolution> {
    return this.#resolver.resolve(reference, options);
  }

  async forward(send: Sending & { from: Peer; messageId: number }): Promise<Outcome> {
    const { from, messageId } = send;
    const topic = topicOf(send.topicId);
    const request = new Api.messages.ForwardMessages({
      fromPeer: inputPeer(from),
      id: [messageId],
      randomId: [bigInt(send.randomId)],
      toPeer: inputPeer(send.to),
      ...(topic === undefined ? {} : { topMsgId: topic }),
    });
    const outcome = await this.#send(request, send, { from, messageId });
    // what may be said of an outdated peer may be said of the source's: it is asked for by itself
    if (outcome.kind !== "group_refused" || !outcome.stalePeer) return this.#dated(outcome, send.to);
    const source = await this.#lookUp(new Api.messages.GetHistory({ peer: inputPeer(from), limit: 1 }));
    if (source.kind === "result") return outcome;
    const { unanswered: _, ...refusal } = source; // what the forward left open counts, not what this question did
    return { ...refusal, ...(outcome.unanswered && { unanswered: true }), source: true };
  }

  async sendText(options: Sending & { text: string }): Promise<Outcome> {
    const send = { firstTriedAt: new Date(), ...options };
    const { text } = send;
    const topic = topicOf(send.topicId);
    const request = (noWebpage: boolean) =>
      new Api.messages.SendMessage({
        peer: inputPeer(send.to),
        message: text,
        randomId: bigInt(send.randomId),
        ...(noWebpage && { noWebpage }),
        ...(topic === undefined ? {} : { replyTo: new Api.InputReplyToMessage({ replyToMsgId: topic }) }),
      });
    const outcome = await this.#send(request(false), send, { text });
    if (outcome.kind !== "group_refused" || outcome.code !== NO_PREVIEWS) return this.#dated(outcome, send.to);
    // the refused call sent nothing, so its random_id is still the one
    const open = outcome.unanswered === true;
    const plain = await this.#send(request(true), { ...send, mayStand: send.mayStand || open }, { text });
    return this.#dated(open ? leftOpen(plain) : plain, send.to);
  }

  close(): Promise<void> {
    return this.#link.end("CLOSED");
  }

  async #send(
    request: Api.messages.ForwardMessages | Api.messages.SendMessage,
    { to, topicId, randomId, mayStand, firstTriedAt = new Date() }: Sending,
    posted: Posted,
  ): Promise<Outcome> {
    const id = bigInt(randomId);
    let earlier = false;
    while (true) {
      const reply = await this.#link.invoke(request, this.#callMs);
      if (reply.kind === "result" || reply.kind === "unread") {
        const messageId = reply.kind === "result" ? sentMessageId(reply.value, id) : sentMessageIdIn(reply.bytes, id);
        if (messageId !== undefined) return { kind: "sent", messageId };
        const nothing: Outcome = { kind: "unknown", code: reply.kind === "result" ? "NO_MESSAGE_ID" : UNREADABLE };
        return earlier ? leftOpen(nothing) : nothing;
      }
      if (reply.kind !== "random_id_taken") return earlier ? leftOpen(reply) : reply;
      if (!mayStand && !earlier && reply.unanswered !== true) return reply;
      // an earlier call of this very send has this number: it has arrived, or is about to, and then Telegram names its message
      if (earlier) return { kind: "sent", messageId: await this.#own(posted, { to, topicId, firstTriedAt }) };
      earlier = true;
      await this.#link.pause(STILL_RUNNING_MS);
    }
  }

  /** The number of what was posted; null when it is not found, or when no time of Telegram's tells it from an earlier post. */
  async #own(
    posted: Posted,
    { to, topicId, firstTriedAt }: { to: Peer; topicId: number | undefined; firstTriedAt: Date },
  ): Promise<number | null> {
    const { aheadMs } = this.#link;
    if (aheadMs === undefined) return null;
    const since = Math.floor((firstTriedAt.getTime() + aheadMs) / 1000);
    const place = { to, topicId: topicOf(topicId), since };
    return (await findOwnMessage((question) => this.#lookUp(question), posted, place)) ?? null;
  }

  /** Looks at the chat once, where it can say when its refusal ends. One cheap call, and only after a refusal. */
  async #dated(outcome: Outcome, to: Peer): Promise<Outcome> {
    if (outcome.kind !== "group_refused" || to.type !== "channel" || !tellsItsEnd(outcome.code)) return outcome;
    const answer = await this.#lookUp(new Api.channels.GetChannels({ id: [inputChannel(to)] }));
    const [chat] = answer.kind === "result" ? answer.value.chats : [];
    const ends = chat === undefined ? undefined : endInChat(outcome.code, chat, new Date());
    return ends === undefined ? outcome : { ...outcome, ends };
  }

  async #invoke<R extends Api.AnyRequest>(
    request: R,
  ): Promise<{ kind: "result"; value: R["__response"] } | LastRefusal> {
    const reply = await this.#link.invoke(request, this.#callMs);
    return reply.kind === "unread" ? { kind: "unknown", code: UNREADABLE } : reply;
  }

  /** What a search for a chat or a message is told to wait, only searches wait; its method is not asked before the end of it. */
  async #lookUp<R extends Api.AnyRequest>(
    request: R,
  ): Promise<{ kind: "result"; value: R["__response"] } | LastRefusal> {
    const wait = this.#waits.left(request.className);
    if (wait > 0) return lookUpsWait(wait);
    const answer = await this.#invoke(request);
    if (answer.kind !== "flood_wait") return answer;
    this.#waits.begin(request.className, answer.seconds);
    return { ...answer, method: "lookup" };
  }
}

/** The outcome of a send of which an earlier call may have been executed. */
const leftOpen = (outcome: Outcome): Outcome => (outcome.kind === "sent" ? outcome : { ...outcome, unanswered: true });

function topicOf(topicId: number | undefined): number | undefined {
  return topicId === GENERAL_TOPIC ? undefined : topicId;
}
