import { markedId, splitReference } from "@herald/contract";
import type { Peer, Refusal, RefusalEnd, Resolution, ResolvedChat } from "@herald/core";
import { Api } from "telegram/tl/index.js";
import { Dialogs, type Invoke } from "./dialogs.ts";
import { inputChannel, resolvedChat } from "./peers.ts";

const refused = (scope: "pair" | "group", code: string): Refusal => {
  const ends: RefusalEnd = { kind: scope === "pair" ? "daily" : "never" };
  return { kind: "group_refused", scope, suspect: false, ends, stalePeer: false, code };
};

/** Telegram is not asked: it said before that it answers no such question for so many seconds. */
export const lookUpsWait = (seconds: number): Refusal => ({
  kind: "flood_wait",
  method: "lookup",
  seconds,
  code: "LOOKUPS_WAIT",
});

/** Finds chats by their canonical reference. Equal questions that are asked at once are one request. */
export class Resolver {
  readonly #invoke: Invoke;
  #dialogs: Dialogs;
  /** by the id of a supergroup, which basic group it was, null for none: that does not change */
  readonly #formers = new Map<string, string | null>();
  readonly #inFlight = new Map<string, Promise<Resolution>>();

  constructor(invoke: Invoke) {
    this.#invoke = invoke;
    this.#dialogs = new Dialogs(invoke);
  }

  /**
   * `stale`: a peer that was refused as out of date, so that what was read before is not believed when it says the same.
   * `searchAfter`: no search for a name before.
   */
  resolve(reference: string, { stale, searchAfter }: { stale?: Peer; searchAfter?: Date }): Promise<Resolution> {
    const { chat } = splitReference(reference);
    const question = `${chat} ${stale?.id} ${stale?.accessHash} ${searchAfter?.getTime()}`;
    const present = this.#inFlight.get(question);
    if (present !== undefined) return present;
    const resolution = this.#find(chat, stale, searchAfter).finally(() => this.#inFlight.delete(question));
    this.#inFlight.set(question, resolution);
    return resolution;
  }

  async #find(reference: string, stale: Peer | undefined, searchAfter: Date | undefined): Promise<Resolution> {
    const found = await this.#all(await this.#byKind(reference, stale, searchAfter));
    // it was looked for this very moment: no peer that was kept can be out of date
    return found.kind === "group_refused" ? { ...found, stalePeer: false } : found;
  }

  /** What the chat itself has to add to how it was found. */
  #all(found: Resolution): Resolution | Promise<Resolution> {
    if (found.kind !== "resolved" || found.chat.kind !== "supergroup") return found;
    return found.chat.migratedFrom === null ? this.#withFormer(found.chat) : this.#whole(found.chat);
  }

  #byKind(reference: string, stale: Peer | undefined, searchAfter: Date | undefined): Promise<Resolution> {
    const name = reference.slice(1);
    switch (reference[0]) {
      case "@":
        return this.#byUsername(name, stale, searchAfter);
      case "+":
        return this.#byInvite(name);
      case "-":
        return this.#byId(reference, stale);
      default:
        return Promise.resolve(refused("group", "NOT_A_REFERENCE"));
    }
  }

  async #byId(chatId: string, stale: Peer | undefined): Promise<Resolution> {
    const found = await this.#dialogs.find(chatId);
    if (!saysAgain(found, stale)) return found;
    this.#dialogs = new Dialogs(this.#invoke);
    return this.#dialogs.find(chatId);
  }

  /** Among the account's own chats first: searching by name is what Telegram bears least. */
  async #byUsername(username: string, stale: Peer | undefined, searchAfter = new Date(0)): Promise<Resolution> {
    const known = await this.#dialogs.named(username);
    const open = known === undefined || known.kind === "unknown" || saysAgain(known, stale);
    if (!open) return known;
    const wait = searchAfter.getTime() - Date.now();
    if (wait > 0) return lookUpsWait(Math.ceil(wait / 1000));
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

  /**
   * Name, id and invite link of a supergroup lead to it at once: only the supergroup says which basic group it was. What held for
   * that one (an opt-out, a cool-down) would be passed by unasked, so that without an answer nothing is resolved.
   * https://core.telegram.org/constructor/channelFull
   */
  async #withFormer(chat: ResolvedChat): Promise<Resolution> {
    const { chatId, peer } = chat;
    const asked = this.#formers.get(chatId);
    const known = asked === undefined ? this.#dialogs.formerOf(chatId) : asked;
    if (known !== undefined) return { kind: "resolved", chat: { ...chat, migratedFrom: known } };
    const answer = await this.#invoke(new Api.channels.GetFullChannel({ channel: inputChannel(peer) }));
    if (answer.kind !== "result") return answer;
    const { fullChat } = answer.value;
    const former = fullChat instanceof Api.ChannelFull ? fullChat.migratedFromChatId : undefined;
    const migratedFrom = former == null ? null : markedId("chat", former.toString());
    this.#formers.set(chatId, migratedFrom);
    return { kind: "resolved", chat: { ...chat, migratedFrom } };
  }

  /** A basic group that became a supergroup does not say what that has (topics, a name): without its own answer, nothing is resolved. */
  async #whole({ peer, migratedFrom }: ResolvedChat): Promise<Resolution> {
    const answer = await this.#invoke(new Api.channels.GetChannels({ id: [inputChannel(peer)] }));
    if (answer.kind !== "result") return answer;
    const whole = resolved(answer.value.chats[0]);
    return whole.kind === "resolved" ? { kind: "resolved", chat: { ...whole.chat, migratedFrom } } : whole;
  }
}

const saysAgain = (found: Resolution, stale: Peer | undefined): boolean =>
  found.kind === "resolved" &&
  found.chat.peer.type === stale?.type &&
  found.chat.peer.id === stale.id &&
  found.chat.peer.accessHash === stale.accessHash;

function resolved(found: Api.TypeChat | undefined): Resolution {
  const chat = found === undefined ? undefined : resolvedChat(found);
  return chat === undefined ? refused("pair", "CHANNEL_PRIVATE") : { kind: "resolved", chat };
}
