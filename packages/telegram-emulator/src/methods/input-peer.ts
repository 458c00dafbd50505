import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import type { Account } from "../world/account.ts";
import { Chat } from "../world/chat.ts";
import { markedBasicGroupId, markedChannelId } from "../world/ids.ts";
import type { World } from "../world/world.ts";

/** inputPeer*, inputUser* and inputChannel* as they come off the wire. */
export interface InputPeer extends TlObject {
  readonly user_id?: bigint;
  readonly chat_id?: bigint;
  readonly channel_id?: bigint;
  readonly access_hash?: bigint;
}

/** Whose request names the peer, and where it is looked for. */
interface Viewer {
  readonly account: Account;
  readonly world: World;
}

/** The marked id that an input peer names, without looking whether it exists. */
export function markedIdOf(input: InputPeer, self: Account | undefined): number | undefined {
  if (input.channel_id !== undefined) return markedChannelId(Number(input.channel_id));
  if (input.chat_id !== undefined) return markedBasicGroupId(Number(input.chat_id));
  if (input.user_id !== undefined) return Number(input.user_id);
  return input._ === "inputPeerSelf" || input._ === "inputUserSelf" ? self?.id : undefined;
}

/** @throws RpcError CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_ID_INVALID or PEER_ID_INVALID */
export function resolvePeer({ account, world }: Viewer, input: InputPeer): Account | Chat {
  if (input.channel_id !== undefined) return resolveChannel({ account, world }, input);
  if (input.chat_id !== undefined) return resolveBasicGroup({ account, world }, Number(input.chat_id));
  return resolveUser({ account, world }, input);
}

/** The chat of a peer; a user's is the private chat with it. @throws RpcError as resolvePeer */
export function resolveChat({ account, world }: Viewer, input: InputPeer): Chat {
  const peer = resolvePeer({ account, world }, input);
  return peer instanceof Chat ? peer : world.privateChat(account, peer);
}

export function resolveUser({ account, world }: Viewer, input: InputPeer): Account {
  if (input._ === "inputPeerSelf" || input._ === "inputUserSelf") return account;
  const user = input.user_id === undefined ? undefined : world.accounts.get(Number(input.user_id));
  if (!user) throw new RpcError(400, "PEER_ID_INVALID");
  if (user !== account) checkAccessHash(account, user, input, "PEER_ID_INVALID");
  return user;
}

/** Channels and supergroups. A channel that the account can't see is CHANNEL_PRIVATE. */
export function resolveChannel({ account, world }: Viewer, input: InputPeer): Chat {
  const chat = world.chats.get(markedChannelId(Number(input.channel_id ?? 0)));
  if (!chat) throw new RpcError(400, "CHANNEL_INVALID");
  checkAccessHash(account, chat, input, "CHANNEL_INVALID");
  if (!canSee(account, chat)) throw new RpcError(400, "CHANNEL_PRIVATE");
  return chat;
}

/** The `…FromMessage` forms carry no hash: the account has seen the peer in a chat. */
function checkAccessHash(account: Account, peer: Account | Chat, input: InputPeer, error: string): void {
  if (input._.endsWith("FromMessage")) return;
  if (input.access_hash !== peer.accessHash(account)) throw new RpcError(400, error);
}

/** @throws RpcError CHAT_ID_INVALID when there is none, or the account is no member */
export function resolveBasicGroup({ account, world }: Viewer, id: number): Chat {
  const chat = world.chats.get(markedBasicGroupId(id));
  if (!chat?.members.has(account.id)) throw new RpcError(400, "CHAT_ID_INVALID");
  return chat;
}

export function canSee(account: Account, chat: Chat): boolean {
  if (chat.kicked.has(account.id)) return false;
  return chat.username !== undefined || chat.members.has(account.id);
}
