import { markedId, parseMarkedId, unmarkedTwin } from "./marked-id.ts";

/**
 * What a link of Telegram's, or one of the short spellings that people and Herald write, leads to. A chat is `@name` in lower case,
 * or a marked id. https://core.telegram.org/api/links
 */
export type TelegramLink =
  | { kind: "chat"; chat: string; topicId: number | undefined }
  /** In a chat that has topics, the id of a message may also be the id of a topic: only the chat itself can tell. */
  | { kind: "message"; chat: string; messageId: number; topicId: number | undefined }
  /** A comment under this message of a channel. It stands in the channel's discussion group. */
  | { kind: "comment"; chat: string; messageId: number }
  | { kind: "invite"; hash: string }
  | { kind: "story"; chat: string }
  | { kind: "person" }
  /** A word that Telegram keeps for itself, and what it stands for. */
  | { kind: "service"; word: string; what: string }
  /** An address of the web app that may be either of two chats: marked ids of a supergroup or channel, and of a basic group. */
  | { kind: "either"; supergroup: string; basicGroup: string }
  | { kind: "unreadable"; reason: string };

const HOSTS = new Set(["t.me", "telegram.me", "telegram.dog"]);

const BOOST = { kind: "service", word: "boost", what: "boosting a chat" } as const;

/** First words of links that are never names. https://core.telegram.org/api/links */
const SERVICES = new Map([
  ["$", "an invoice"],
  ["a", "the web app"],
  ["addemoji", "a set of emoji"],
  ["addlist", "a folder of chats"],
  ["addstickers", "a set of stickers"],
  ["addstyle", "a style"],
  ["addtheme", "a theme"],
  ["auction", "an auction of gifts"],
  ["auth", "a login"],
  ["bg", "a chat background"],
  ["boost", BOOST.what],
  ["call", "a group call"],
  ["confirmphone", "confirming a phone number"],
  ["contact", "a contact"],
  ["giftcode", "a gift code"],
  ["i", "Telegram's own pages"],
  ["invoice", "an invoice"],
  ["iv", "a web page in Instant View"],
  ["joinchat", "an invite link"],
  ["k", "the web app"],
  ["login", "a login"],
  ["m", "a chat with a business"],
  ["msg", "a text to share"],
  ["msg_url", "a text to share"],
  ["newbot", "making a bot"],
  ["nft", "a collectible gift"],
  ["proxy", "a proxy"],
  ["setlanguage", "a language"],
  ["share", "a text to share"],
  ["socks", "a proxy"],
  ["web", "the web app"],
  ["z", "the web app"],
]);

const NAME_RULE =
  "A name has 4 to 32 letters, digits or single underscores. It begins with a letter and does not end with an underscore.";
/** Message and topic ids are positive 32-bit numbers. https://core.telegram.org/type/Message */
const MOST_ID = 2 ** 31 - 1;

const unreadable = (reason: string): TelegramLink => ({ kind: "unreadable", reason });

/** Reads a t.me, tg:// or web.telegram.org address, or a short spelling: `@name`, `name/5`, `-100…`, `-100…/5`, `+hash`. Never throws. */
export function readTelegramLink(text: string): TelegramLink {
  const words = text.trim();
  return readTgLink(words) ?? readAddress(words) ?? readShort(words);
}

function readTgLink(words: string): TelegramLink | undefined {
  const link = /^tg:(?:\/\/)?(.*)$/i.exec(words)?.[1];
  if (link === undefined) return undefined;
  // As the path of an address it can be read by the same parser.
  const { parts, query } = addressOf(new URL(`https://tg/${link}`));
  const action = parts[0]?.toLowerCase();
  if (action === undefined) return unreadable("This tg link is not complete.");
  const post = query.get("post");
  const rest = post === null ? [] : [post];
  switch (action) {
    case "resolve": {
      const name = query.get("domain");
      if (name === null) return query.has("phone") ? { kind: "person" } : unreadable("This tg link names no chat.");
      const story = ["story", "album", "collection"].some((parameter) => query.has(parameter));
      return inName(name, story ? ["s"] : rest, query);
    }
    case "privatepost":
      return inPrivateChat(query.get("channel") ?? "", rest, query);
    case "join":
      return inInvite(query.get("invite") ?? "");
    case "user":
    case "openmessage":
      return { kind: "person" };
    default:
      return service(action) ?? unreadable("This tg link leads to no chat.");
  }
}

function readAddress(words: string): TelegramLink | undefined {
  // Thousands of lines are read while somebody types: what has no dot in its host is not looked at as an address.
  // Stryker disable next-line ConditionalExpression,Regex: looked at, it would be found to be none
  if (!/^(?:https?:\/\/|[^/?#]*\.)/i.test(words)) return undefined;
  const hasScheme = /^https?:\/\//i.test(words);
  const address = hasScheme ? words : `https://${words}`;
  if (!URL.canParse(address)) return undefined;
  const { host, parts, query, fragment } = addressOf(new URL(address));
  if (HOSTS.has(host)) {
    // The web page of a chat has an /s/ before the name.
    const start = parts.findIndex((part) => part.toLowerCase() !== "s");
    return inPath(start === -1 ? [] : parts.slice(start), query);
  }
  const name = /^([^.]+)\.t\.me$/.exec(host)?.[1];
  if (name !== undefined) return inName(name, parts, query);
  if (host === "web.telegram.org") return inWebApp(parts[0], fragment);
  return hasScheme ? unreadable("This is not an address of Telegram's.") : undefined;
}

function readShort(words: string): TelegramLink {
  if (/^\d+$/.test(words)) return unreadable("A chat id of a group begins with -100, for example -1001234567890.");
  const [first = "", ...rest] = partsOf(words);
  if (!first.startsWith("-")) return inPath([first, ...rest], new URLSearchParams());
  if (parseMarkedId(first) === undefined) return unreadable("A chat id looks like -1001234567890.");
  return inChat(first, rest, new URLSearchParams());
}

/** What stands behind `t.me/`. */
function inPath([first = "", ...rest]: string[], query: URLSearchParams): TelegramLink {
  // a plus sign that has been through a form arrives as a blank
  if (/^[+ ]/.test(first)) return inInvite(first.slice(1));
  switch (first.toLowerCase()) {
    case "":
      return unreadable("The name of the chat is missing.");
    case "joinchat":
      return inInvite(rest[0] ?? "");
    case "c":
      return inPrivateChat(rest[0] ?? "", rest.slice(1), query);
    default:
      return inName(first.replace(/^@/, ""), rest, query);
  }
}

function inInvite(hash: string): TelegramLink {
  if (/^\d+$/.test(hash)) return { kind: "person" };
  return /^[\w-]{10,64}$/.test(hash) ? { kind: "invite", hash } : unreadable("This invite link is not complete.");
}

function inPrivateChat(id: string, rest: string[], query: URLSearchParams): TelegramLink {
  const chat = /^\d{1,13}$/.test(id) ? markedId("channel", id) : "";
  if (parseMarkedId(chat)?.type !== "channel") return unreadable("A private link looks like t.me/c/1234567890/5.");
  return inChat(chat, rest, query);
}

function inName(name: string, rest: string[], query: URLSearchParams): TelegramLink {
  const lower = name.toLowerCase();
  const reserved = service(lower.startsWith("$") ? "$" : lower);
  if (reserved !== undefined) return reserved;
  // https://core.telegram.org/method/account.checkUsername; collectible names have four characters
  if (!/^[a-z](?:_?[a-z0-9])+$/.test(lower) || lower.length < 4 || lower.length > 32) return unreadable(NAME_RULE);
  return inChat(`@${lower}`, rest, query);
}

/** What stands behind the chat: nothing, the number of a message or topic, both, or a story. */
function inChat(chat: string, rest: string[], query: URLSearchParams): TelegramLink {
  if (query.has("boost")) return BOOST;
  const thread = numberOf(query.get("thread"));
  const [first, second] = rest;
  if (first === undefined) return { kind: "chat", chat, topicId: thread };
  if (/^[sac]$/i.test(first)) return { kind: "story", chat };
  const [topicId, messageId] = second === undefined ? [thread, numberOf(first)] : [numberOf(first), numberOf(second)];
  if (rest.length > 2 || messageId === undefined || (second !== undefined && topicId === undefined))
    return unreadable(`“${rest.join("/")}” is not the number of a message or a topic.`);
  return query.has("comment") ? { kind: "comment", chat, messageId } : { kind: "message", chat, messageId, topicId };
}

/**
 * The web app names the chat behind the #: `-100…` or `@name`, with `_5` for a topic. The one under /k/ leaves the mark of a
 * supergroup out, so that its `#-5` may be either. A link that was opened in the app stands there as `?tgaddr=`.
 */
function inWebApp(version: string | undefined, fragment: string): TelegramLink {
  const [place = "", parameters] = fragment.split("?");
  const query = new URLSearchParams(parameters);
  const link = readTgLink(query.get("tgaddr") ?? "");
  if (link !== undefined) return link;
  if (place.startsWith("@")) return inName(place.slice(1), [], query);
  const [, id = "", topic] = /^(-?\d+)(?:_(\d+))?(?:_[a-z]+)?$/.exec(place) ?? [];
  if (/^\d/.test(id)) return { kind: "person" };
  if (parseMarkedId(id) === undefined)
    return unreadable("This address of the web app names no chat. Open the chat, and copy it again.");
  const supergroup = version?.toLowerCase() === "k" ? unmarkedTwin(id) : undefined;
  if (supergroup !== undefined) return { kind: "either", supergroup, basicGroup: id };
  return { kind: "chat", chat: id, topicId: numberOf(topic ?? query.get("thread")) };
}

function service(word: string): TelegramLink | undefined {
  const what = SERVICES.get(word);
  return what === undefined ? undefined : { kind: "service", word, what };
}

function numberOf(text: string | null): number | undefined {
  const number = /^\d{1,10}$/.test(text ?? "") ? Number(text) : 0;
  return number >= 1 && number <= MOST_ID ? number : undefined;
}

function addressOf({ hostname, pathname, searchParams, hash }: URL) {
  const host = hostname.replace(/^www\./, "");
  return { host, parts: partsOf(pathname), query: searchParams, fragment: hash.slice(1) };
}

/** The path's words. One that cannot be decoded is no name and no number as it stands. */
function partsOf(path: string): string[] {
  return path.split("/").flatMap((part) => {
    if (part === "") return [];
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
}
