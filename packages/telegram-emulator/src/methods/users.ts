import type { AccountContext, Methods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import { View } from "../views/messages.ts";
import { userView } from "../views/peers.ts";
import { type InputPeer, resolveUser } from "./input-peer.ts";

function getUsers(context: AccountContext, params: { id: readonly InputPeer[] }): TlObject[] {
  return params.id.map((input) => userView(resolveUser(context, input), context.account));
}

function getFullUser(context: AccountContext, params: { id: InputPeer }): TlObject {
  const user = resolveUser(context, params.id);
  const view = new View(context);
  view.mention(user);
  const fullUser = {
    _: "userFull",
    id: user.id,
    settings: { _: "peerSettings" },
    notify_settings: { _: "peerNotifySettings" },
    common_chats_count: 0,
  };
  return { _: "users.userFull", full_user: fullUser, ...view.peers() };
}

function resolveUsername(context: AccountContext, params: { username: string }): TlObject {
  const { world } = context;
  if (!/^\w{3,32}$/.test(params.username)) throw new RpcError(400, "USERNAME_INVALID");
  const peer = world.byUsername(params.username);
  if (!peer) throw new RpcError(400, "USERNAME_NOT_OCCUPIED");
  const view = new View(context);
  view.mention(peer);
  return { _: "contacts.resolvedPeer", peer: view.peer(peer), ...view.peers() };
}

export const userMethods = {
  "users.getUsers": getUsers,
  "users.getFullUser": getFullUser,
  "contacts.resolveUsername": resolveUsername,
} satisfies Methods;
