import { parseMarkedId } from "./marked-id.ts";
import { readTelegramLink } from "./telegram-link.ts";

/**
 * How a user names a group, in its one canonical form, so that two spellings of one group are one row: `@name` (lower case), a
 * marked chat id (see {@link parseMarkedId}), or `+hash` for a private invite link. A number may follow after a slash: `@name/5`.
 * In a forum it is the topic. In a chat without topics it is a message whose link was pasted, and says nothing about where to post:
 * which of the two it is can only be told when the chat is known.
 */
export type GroupReference = string;

export type ParsedGroupReference = { ok: true; reference: GroupReference } | { ok: false; reason: string };

/**
 * Reads one line as a group: `@name`, `name`, a marked id, `+hash`, or any link to a chat or to a message in it (t.me, tg://, the web
 * app). Never throws. A canonical reference gives itself.
 */
export function parseGroupReference(line: string): ParsedGroupReference {
  if (line.trim() === "") return no("This line is empty.");
  const link = readTelegramLink(line);
  switch (link.kind) {
    case "chat":
      return inChat(link.chat, link.topicId);
    case "message":
      return inChat(link.chat, link.topicId ?? link.messageId);
    case "invite":
      return { ok: true, reference: `+${link.hash}` };
    case "comment":
      return no(
        `This is a comment under a post of ${link.chat}. Comments stand in the channel's discussion group: open that group, and paste its own link.`,
      );
    case "story":
      return no(`This is a story of ${link.chat}, not a group. To add the group, write ${link.chat}.`);
    case "person":
      return no("This leads to a person, not to a group.");
    case "service":
      return no(
        `In Telegram, “${link.word}” stands for ${link.what}, so this is not a group. Paste the group's own link or its @name.`,
      );
    case "either":
      return no(
        `In the web app's address this can be two groups. Write ${link.supergroup} for a supergroup or channel, or ${link.basicGroup} for a basic group.`,
      );
    case "unreadable":
      return no(link.reason);
  }
}

/** The chat of a canonical reference, and the number behind it: the topic, if the chat is a forum. */
export function splitReference(reference: GroupReference): { chat: string; number: number | undefined } {
  const [chat = "", number] = reference.split("/");
  return { chat, number: number === undefined ? undefined : Number(number) };
}

function inChat(chat: string, number: number | undefined): ParsedGroupReference {
  if (number === undefined) return { ok: true, reference: chat };
  if (parseMarkedId(chat)?.type === "chat")
    return no(`A basic group has no topics. Write ${chat} without the number behind it.`);
  return { ok: true, reference: `${chat}/${number}` };
}

const no = (reason: string): ParsedGroupReference => ({ ok: false, reason });
