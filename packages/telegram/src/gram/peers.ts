import { markedId, told } from "@herald/contract";
import type { Peer, ResolvedChat } from "@herald/core";
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";

/** The input peer that Telegram wants. A channel or user without an access hash is refused by Telegram, not by us. */
export function inputPeer({ type, id, accessHash }: Peer): Api.TypeInputPeer {
  const hash = bigInt(accessHash ?? "0");
  switch (type) {
    case "channel":
      return new Api.InputPeerChannel({ channelId: bigInt(id), accessHash: hash });
    case "chat":
      return new Api.InputPeerChat({ chatId: bigInt(id) });
    case "user":
      return new Api.InputPeerUser({ userId: bigInt(id), accessHash: hash });
  }
}

/** The input channel that Telegram wants where only a channel or supergroup can stand. */
export function inputChannel({ id, accessHash }: Peer): Api.InputChannel {
  return new Api.InputChannel({ channelId: bigInt(id), accessHash: bigInt(accessHash ?? "0") });
}

/** The chat as the domain knows it; undefined for one that is closed to the account, or was never there. */
export function resolvedChat(chat: Api.TypeChat): ResolvedChat | undefined {
  if (chat instanceof Api.Channel) {
    const id = chat.id.toString();
    return {
      peer: { type: "channel", id, accessHash: chat.accessHash?.toString() ?? null },
      chatId: markedId("channel", id),
      title: titleOf(chat),
      kind: chat.megagroup === true ? "supergroup" : "channel",
      username: usernamesOf(chat)[0] ?? null,
      forum: chat.forum === true,
      membership: membershipIn(chat),
      migratedFrom: null,
    };
  }
  if (!(chat instanceof Api.Chat)) return undefined;
  // The group became a supergroup: the old chat takes no messages any more.
  if (chat.migratedTo instanceof Api.InputChannel) {
    const id = chat.migratedTo.channelId.toString();
    return {
      peer: { type: "channel", id, accessHash: chat.migratedTo.accessHash.toString() },
      chatId: markedId("channel", id),
      title: titleOf(chat),
      kind: "supergroup",
      username: null,
      forum: false,
      membership: membershipIn(chat),
      migratedFrom: markedId("chat", chat.id.toString()),
    };
  }
  const id = chat.id.toString();
  return {
    peer: { type: "chat", id, accessHash: null },
    chatId: markedId("chat", id),
    title: titleOf(chat),
    kind: "basic_group",
    username: null,
    forum: false,
    membership: membershipIn(chat),
    migratedFrom: null,
  };
}

/** Titles are anything that an owner can send to Telegram; one in which nothing can be seen says less than the id. */
const titleOf = ({ title, id }: Api.Channel | Api.Chat): string => told(title) || `chat ${id}`;

/** `left` is said of every chat that the account is not in, also of one that it never was in. https://core.telegram.org/constructor/channel */
const membershipIn = ({ left }: Api.Channel | Api.Chat): ResolvedChat["membership"] =>
  left === true ? "left" : "member";

/** The names that lead to the channel or supergroup, its first one first. https://core.telegram.org/api/fragment */
export function usernamesOf(chat: Api.Channel): string[] {
  const more = chat.usernames?.filter((username) => username.active).map(({ username }) => username) ?? [];
  return chat.username ? [chat.username, ...more] : more;
}
