import { splitReference } from "@herald/contract";
import type { Refusal, Resolution } from "@herald/core";
import { Api } from "telegram/tl/index.js";
import { Dialogs, type Invoke } from "./dialogs.ts";
import { resolvedChat } from "./peers.ts";

const refused = (scope: "pair" | "group", code: string): Refusal => ({
  kind: "group_refused",
  scope,
  suspect: false,
  code,
});

/** Finds chats by their canonical reference. Equal questions that are asked at once are one request. */
export class Resolver {
  readonly #invoke: Invoke;
  readonly #dialogs: Dialogs;
  readonly #inFlight = new Map<string, Promise<Resolution>>();

  constructor(invoke: Invoke) {
    this.#invoke = invoke;
    this.#dialogs = new Dialogs(invoke);
  }

  resolve(reference: string): Promise<Resolution> {
    const { chat } = splitReference(reference);
    const present = this.#inFlight.get(chat);
    if (present !== undefined) return present;
    const resolution = this.#find(chat).finally(() => this.#inFlight.delete(chat));
    this.#inFlight.set(chat, resolution);
    return resolution;
  }

  async #find(reference: string): Promise<Resolution> {
    const name = reference.slice(1);
    switch (reference[0]) {
      case "@":
        return this.#byUsername(name);
      case "+":
        return this.#byInvite(name);
      case "-":
        return this.#dialogs.find(reference);
      default:
        return refused("group", "NOT_A_REFERENCE");
    }
  }

  async #byUsername(username: string): Promise<Resolution> {
    const answer = await this.#invoke(new Api.contacts.ResolveUsername({ username }));
    if (answer.kind !== "result") return answer;
    const { peer, chats } = answer.value;
    if (peer instanceof Api.PeerUser) return refused("group", "NOT_A_GROUP");
    const id = peer instanceof Api.PeerChannel ? peer.channelId : peer.chatId;
    return resolved(chats.find((chat) => chat.id.equals(id)));
  }

  /** Looking at an invite link joins nothing. https://core.telegram.org/method/messages.checkChatInvite */
  async #byInvite(hash: string): Promise<Resolution> {
    const answer = await this.#invoke(new Api.messages.CheckChatInvite({ hash }));
    if (answer.kind !== "result") return answer;
    return answer.value instanceof Api.ChatInviteAlready
      ? resolved(answer.value.chat)
      : refused("pair", "NOT_A_MEMBER");
  }
}

function resolved(found: Api.TypeChat | undefined): Resolution {
  const chat = found === undefined ? undefined : resolvedChat(found);
  return chat === undefined ? refused("pair", "CHANNEL_PRIVATE") : { kind: "resolved", chat };
}
