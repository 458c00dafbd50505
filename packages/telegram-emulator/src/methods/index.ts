import type { Methods, PublicMethods } from "../rpc/context.ts";
import { authMethods } from "./auth.ts";
import { chatMethods } from "./chats.ts";
import { forumMethods } from "./forums.ts";
import { helpMethods } from "./help.ts";
import { historyMethods } from "./history.ts";
import { loginTokenMethods, loginTokenPublicMethods } from "./login-tokens.ts";
import { passwordMethods } from "./password.ts";
import { presenceMethods } from "./presence.ts";
import { sendingMethods } from "./sending.ts";
import { transferMethods, transferPublicMethods } from "./transfer.ts";
import { updateMethods } from "./updates.ts";
import { userMethods } from "./users.ts";

/** Methods that a key may call before it belongs to an account. */
export const PUBLIC_METHODS: PublicMethods = {
  ...helpMethods,
  ...authMethods,
  ...passwordMethods,
  ...loginTokenPublicMethods,
  ...transferPublicMethods,
};

/** Methods of an authorised account. */
export const METHODS: Methods = {
  ...userMethods,
  ...updateMethods,
  ...chatMethods,
  ...historyMethods,
  ...sendingMethods,
  ...forumMethods,
  ...presenceMethods,
  ...loginTokenMethods,
  ...transferMethods,
};

/** Methods that a frozen account may not call: https://core.telegram.org/api/auth#frozen-accounts */
export const WRITING_METHODS: ReadonlySet<string> = new Set([
  ...Object.keys(sendingMethods),
  "channels.joinChannel",
  "channels.leaveChannel",
  "messages.importChatInvite",
]);
