import type { Account, Outcome, Peer, Refusal, Resolution, TelegramClient } from "@herald/core";
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import type { AccountLink } from "./gram/account-link.ts";
import { inputPeer } from "./gram/peers.ts";
import { Resolver } from "./gram/resolver.ts";
import { sentMessageId } from "./gram/sent-message.ts";

/** The topic that every forum has; what is sent to no topic is in it. https://core.telegram.org/api/forum#forum-topics */
const GENERAL_TOPIC = 1;

/**
 * What a forward is told of its source and of its target alike.
 * https://core.telegram.org/method/messages.forwardMessages#possible-errors
 */
const OF_EITHER_CHAT = new Set(["CHANNEL_INVALID", "CHANNEL_PRIVATE", "CHAT_ID_INVALID", "PEER_ID_INVALID"]);

/** One connected account, by raw requests: GramJS's own methods take no random_id and look peers up by themselves. */
export class AccountClient implements TelegramClient {
  readonly #link: AccountLink;
  readonly #callMs: number;
  readonly #resolver: Resolver;

  constructor(link: AccountLink, options: { callMs: number }) {
    this.#link = link;
    this.#callMs = options.callMs;
    this.#resolver = new Resolver((request) => this.#invoke(request));
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
        username: username ?? usernames?.find((name) => name.active)?.username ?? null,
        firstName: firstName ?? null,
        phone: phone ?? null,
      },
    };
  }

  resolve(reference: string): Promise<Resolution> {
    return this.#resolver.resolve(reference);
  }

  async forward(send: {
    from: Peer;
    messageId: number;
    to: Peer;
    topicId: number | undefined;
    randomId: bigint;
  }): Promise<Outcome> {
    const randomId = bigInt(send.randomId);
    const topic = topicOf(send.topicId);
    const request = new Api.messages.ForwardMessages({
      fromPeer: inputPeer(send.from),
      id: [send.messageId],
      randomId: [randomId],
      toPeer: inputPeer(send.to),
      ...(topic === undefined ? {} : { topMsgId: topic }),
    });
    const outcome = await this.#send(request, randomId);
    if (outcome.kind === "sent" || !OF_EITHER_CHAT.has(outcome.code)) return outcome;
    const source = await this.#invoke(new Api.messages.GetHistory({ peer: inputPeer(send.from), limit: 1 }));
    if (source.kind === "result") return outcome;
    const { unanswered: _, ...refusal } = source; // what the forward left open counts, not what this question did
    return { ...refusal, ...(outcome.unanswered && { unanswered: true }), source: true };
  }

  sendText(send: { text: string; to: Peer; topicId: number | undefined; randomId: bigint }): Promise<Outcome> {
    const randomId = bigInt(send.randomId);
    const topic = topicOf(send.topicId);
    const request = new Api.messages.SendMessage({
      peer: inputPeer(send.to),
      message: send.text,
      randomId,
      ...(topic === undefined ? {} : { replyTo: new Api.InputReplyToMessage({ replyToMsgId: topic }) }),
    });
    return this.#send(request, randomId);
  }

  close(): Promise<void> {
    return this.#link.end("CLOSED");
  }

  async #send(
    request: Api.messages.ForwardMessages | Api.messages.SendMessage,
    randomId: bigInt.BigInteger,
  ): Promise<Outcome> {
    const answer = await this.#invoke(request);
    if (answer.kind !== "result") return answer;
    const messageId = sentMessageId(answer.value, randomId);
    return messageId === undefined ? { kind: "unknown", code: "NO_MESSAGE_ID" } : { kind: "sent", messageId };
  }

  #invoke<R extends Api.AnyRequest>(request: R) {
    return this.#link.invoke(request, this.#callMs);
  }
}

function topicOf(topicId: number | undefined): number | undefined {
  return topicId === GENERAL_TOPIC ? undefined : topicId;
}
