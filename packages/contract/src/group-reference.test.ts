import fc from "fast-check";
import { expect, test } from "vitest";
import { parseGroupReference, splitReference } from "./group-reference.ts";
import { markedId } from "./marked-id.ts";
import { address, anyText, name, number, spelling } from "./testing/spellings.ts";

const HASH = "AbC-d_0123456789";

test.each([
  // names
  ["@Crypto_UA", "@crypto_ua"],
  ["  crypto_ua ", "@crypto_ua"],
  ["t.me/crypto_ua", "@crypto_ua"],
  ["https://t.me/crypto_ua/", "@crypto_ua"],
  ["HTTP://WWW.T.ME/Crypto_UA", "@crypto_ua"],
  ["telegram.me/crypto_ua", "@crypto_ua"],
  ["https://telegram.dog/crypto_ua", "@crypto_ua"],
  ["https://crypto_ua.t.me", "@crypto_ua"],
  ["crypto_ua.t.me/5", "@crypto_ua/5"],
  ["https://t.me/s/crypto_ua", "@crypto_ua"],
  ["https://t.me/s/crypto_ua/5", "@crypto_ua/5"],
  ["https://t.me/@crypto_ua", "@crypto_ua"],
  ["https://t.me/crypto_ua?start=7", "@crypto_ua"],
  ["https://t.me/crypto_ua#about", "@crypto_ua"],
  ["tg://resolve?domain=Crypto_UA", "@crypto_ua"],
  ["tg:resolve?domain=crypto_ua", "@crypto_ua"],
  ["TG://RESOLVE/?domain=crypto_ua", "@crypto_ua"],
  ["t.me/crypto_ua?start=https://example.com", "@crypto_ua"],
  ["constructor", "@constructor"],
  ["a".repeat(32), `@${"a".repeat(32)}`],
  ["nftx", "@nftx"],
  // a number behind the name: a message, or a topic
  ["@crypto_ua/5", "@crypto_ua/5"],
  ["t.me/crypto_ua/12345", "@crypto_ua/12345"],
  ["t.me/crypto_ua/12345?single", "@crypto_ua/12345"],
  ["t.me/crypto_ua/12345?t=30", "@crypto_ua/12345"],
  ["t.me/crypto_ua/0005", "@crypto_ua/5"],
  ["tg://resolve?domain=crypto_ua&post=12345", "@crypto_ua/12345"],
  // a topic for sure
  ["t.me/crypto_ua/5/12345", "@crypto_ua/5"],
  ["t.me/crypto_ua/12345?thread=5", "@crypto_ua/5"],
  ["t.me/crypto_ua?thread=5", "@crypto_ua/5"],
  ["tg://resolve?domain=crypto_ua&post=12345&thread=5", "@crypto_ua/5"],
  ["t.me/crypto_ua/12345?thread=x", "@crypto_ua/12345"],
  // ids
  ["-1001234567890", "-1001234567890"],
  ["-1001234567890/5", "-1001234567890/5"],
  ["-1234567890", "-1234567890"],
  ["-42", "-42"],
  ["t.me/c/1234567890", "-1001234567890"],
  ["t.me/c/1234567890/5", "-1001234567890/5"],
  ["t.me/c/1234567890/5/12345", "-1001234567890/5"],
  ["t.me/C/1234567890/12345?thread=5", "-1001234567890/5"],
  ["t.me/c/1234567/5", "-1000001234567/5"],
  ["t.me/c/12345678901/5", "-1012345678901/5"],
  ["tg://privatepost?channel=1234567890&post=5", "-1001234567890/5"],
  ["tg:privatepost?channel=1234567890&post=12345&thread=5", "-1001234567890/5"],
  // invites
  [`+${HASH}`, `+${HASH}`],
  [`+0${HASH}`, `+0${HASH}`],
  [`https://t.me/+${HASH}`, `+${HASH}`],
  [`https://t.me/%2B${HASH}`, `+${HASH}`],
  [`https://t.me/%20${HASH}`, `+${HASH}`],
  [`t.me/joinchat/${HASH}`, `+${HASH}`],
  [`tg://join?invite=${HASH}`, `+${HASH}`],
  // the web app
  ["https://web.telegram.org/a/#-1001234567890", "-1001234567890"],
  ["https://web.telegram.org/a/#-1001234567890_5", "-1001234567890/5"],
  ["https://web.telegram.org/a/#-1001234567890_12", "-1001234567890/12"],
  ["https://web.telegram.org/a/#-1001234567890?thread=5", "-1001234567890/5"],
  ["https://web.telegram.org/a/#-1001234567890_scheduled", "-1001234567890"],
  ["https://web.telegram.org/#-1001234567890", "-1001234567890"],
  ["web.telegram.org/a/#-1234567890", "-1234567890"],
  ["https://web.telegram.org/k/#@Crypto_UA", "@crypto_ua"],
  ["https://web.telegram.org/k/#@crypto_ua?thread=5", "@crypto_ua/5"],
  ["https://web.telegram.org/k/#-1001234567890", "-1001234567890"],
  ["https://web.telegram.org/k/#?tgaddr=tg%3A%2F%2Fresolve%3Fdomain%3Dcrypto_ua%26post%3D5", "@crypto_ua/5"],
])("“%s” is %s", (line, reference) => {
  expect(parseGroupReference(line)).toEqual({ ok: true, reference });
});

const NAME_RULE =
  "A name has 4 to 32 letters, digits or single underscores. It begins with a letter and does not end with an underscore.";
const service = (word: string, what: string) =>
  `In Telegram, “${word}” stands for ${what}, so this is not a group. Paste the group's own link or its @name.`;
const STORY = "This is a story of @shop, not a group. To add the group, write @shop.";
const COMMENT =
  "This is a comment under a post of @shop. Comments stand in the channel's discussion group: open that group, and paste its own link.";
const NO_CHAT = "This address of the web app names no chat. Open the chat, and copy it again.";
const PERSON = "This leads to a person, not to a group.";

test.each([
  ["  ", "This line is empty."],
  ["12", "A chat id of a group begins with -100, for example -1001234567890."],
  ["-0", "A chat id looks like -1001234567890."],
  ["-1000000000000", "A chat id looks like -1001234567890."],
  ["-100 1234567890", "A chat id looks like -1001234567890."],
  ["-42/5", "A basic group has no topics. Write -42 without the number behind it."],
  ["12 34", NAME_RULE],
  ["abc", NAME_RULE],
  ["1abcd", NAME_RULE],
  ["a__bcd", NAME_RULE],
  ["abcd_", NAME_RULE],
  ["a".repeat(33), NAME_RULE],
  ["shop hello", NAME_RULE],
  ["t.me/sh@op", NAME_RULE],
  ["see tg://resolve?domain=shop", NAME_RULE],
  ["tg://resolve?domain=shop\n@news", NAME_RULE],
  ["https://t.me/shop%2F5", NAME_RULE],
  ["https://t.me/%zz", NAME_RULE],
  ["example.com/shop", NAME_RULE],
  ["https://example.com/shop", "This is not an address of Telegram's."],
  ["https://t.me@example.com/shop", "This is not an address of Telegram's."],
  ["https://shop.news.t.me", "This is not an address of Telegram's."],
  ["https://shop.t.me.example.com", "This is not an address of Telegram's."],
  ["https://t.www.me/shop", "This is not an address of Telegram's."],
  ["https://t.me", "The name of the chat is missing."],
  ["https://t.me/s", "The name of the chat is missing."],
  ["/", "The name of the chat is missing."],
  ["@shop/x", "“x” is not the number of a message or a topic."],
  ["t.me/shop/0", "“0” is not the number of a message or a topic."],
  ["t.me/shop/2147483648", "“2147483648” is not the number of a message or a topic."],
  ["t.me/shop/1.5", "“1.5” is not the number of a message or a topic."],
  ["t.me/shop/5e1", "“5e1” is not the number of a message or a topic."],
  ["t.me/shop/xs/5", "“xs/5” is not the number of a message or a topic."],
  ["t.me/shop/sx/5", "“sx/5” is not the number of a message or a topic."],
  ["t.me/shop/x/5", "“x/5” is not the number of a message or a topic."],
  ["t.me/shop/5/6/7", "“5/6/7” is not the number of a message or a topic."],
  ["t.me/c/abc/5", "A private link looks like t.me/c/1234567890/5."],
  ["t.me/c/0/5", "A private link looks like t.me/c/1234567890/5."],
  ["t.me/c/9999999999999/5", "A private link looks like t.me/c/1234567890/5."],
  ["t.me/+short", "This invite link is not complete."],
  ["t.me/joinchat", "This invite link is not complete."],
  ["tg://join", "This invite link is not complete."],
  ["tg://", "This tg link is not complete."],
  ["tg://resolve", "This tg link names no chat."],
  // no groups
  ["t.me/shop/12?comment=34", COMMENT],
  ["tg://resolve?domain=shop&post=12&comment=34", COMMENT],
  ["t.me/shop/s/12", STORY],
  ["t.me/shop/s/live", STORY],
  ["t.me/shop/s", STORY],
  ["t.me/shop/a/3", STORY],
  ["t.me/shop/c/3", STORY],
  ["shop.t.me/s/12", STORY],
  ["tg://resolve?domain=shop&story=12", STORY],
  ["tg://resolve?domain=shop&album=1", STORY],
  ["tg://resolve?domain=shop&collection=1", STORY],
  ["+380441234567", PERSON],
  ["t.me/+380441234567", PERSON],
  ["tg://resolve?phone=380441234567", PERSON],
  ["tg://user?id=1", PERSON],
  ["tg://openmessage?user_id=1", PERSON],
  ["https://web.telegram.org/a/#123456", PERSON],
  // words that Telegram keeps
  ["t.me/boost/shop", service("boost", "boosting a chat")],
  ["t.me/boost/shop/1", service("boost", "boosting a chat")],
  ["t.me/boost?c=1234567890", service("boost", "boosting a chat")],
  ["t.me/shop?boost", service("boost", "boosting a chat")],
  ["t.me/c/1234567890?boost", service("boost", "boosting a chat")],
  ["tg://boost?domain=shop", service("boost", "boosting a chat")],
  ["@boost", service("boost", "boosting a chat")],
  ["boost.t.me", service("boost", "boosting a chat")],
  ["t.me/addlist/abc", service("addlist", "a folder of chats")],
  ["tg://addlist?slug=abc", service("addlist", "a folder of chats")],
  ["t.me/AddStickers/abc", service("addstickers", "a set of stickers")],
  ["t.me/proxy?server=a&port=1&secret=b", service("proxy", "a proxy")],
  ["tg://socks?server=a&port=1", service("socks", "a proxy")],
  ["t.me/$abc", service("$", "an invoice")],
  ["t.me/share/url?url=x", service("share", "a text to share")],
  ["tg://msg_url?url=x", service("msg_url", "a text to share")],
  ["tg://settings", "This tg link leads to no chat."],
  // the web app
  [
    "https://web.telegram.org/k/#-1234567890",
    "In the web app's address this can be two groups. Write -1001234567890 for a supergroup or channel, or -1234567890 for a basic group.",
  ],
  ["https://web.telegram.org/k/", NO_CHAT],
  ["https://web.telegram.org/a/#x-1001234567890", NO_CHAT],
  ["https://web.telegram.org/a/#-1001234567890x", NO_CHAT],
])("“%s” is refused, with the reason", (line, reason) => {
  expect(parseGroupReference(line)).toEqual({ ok: false, reason });
});

test.each(
  "addemoji addlist addstickers addstyle addtheme auction auth bg boost call confirmphone contact giftcode i invoice iv login m msg newbot nft proxy setlanguage share socks web a k z".split(
    " ",
  ),
)("“%s” is never the name of a group", (word) => {
  const refused = { ok: false, reason: expect.stringContaining(`“${word}” stands for `) };
  expect(parseGroupReference(`t.me/${word}/1`)).toEqual(refused);
  expect(parseGroupReference(`tg://resolve?domain=${word}`)).toEqual(refused);
  expect(parseGroupReference(`@${word.toUpperCase()}`)).toEqual(refused);
});

const chat = fc.oneof(
  name.map((name) => `@${name}`),
  fc.integer({ min: 1, max: 997_852_516_352 }).map((id) => markedId("channel", String(id))),
);
const reference = fc.oneof(
  fc.tuple(chat, fc.option(number)).map(([chat, number]) => (number === null ? chat : `${chat}/${number}`)),
  fc.integer({ min: 1, max: 999_999_999_999 }).map((id) => markedId("chat", String(id))),
  fc.stringMatching(/^[A-Za-z_-][\w-]{9,63}$/).map((hash) => `+${hash}`),
);

test("a canonical reference gives itself, and comes apart into what it was made of", () => {
  fc.assert(
    fc.property(reference, (reference) => {
      expect(parseGroupReference(reference)).toEqual({ ok: true, reference });
      const { chat, number } = splitReference(reference);
      expect(number === undefined ? chat : `${chat}/${number}`).toBe(reference);
    }),
  );
});

test("every spelling of one group gives one reference", () => {
  fc.assert(
    fc.property(name, number, spelling, (name, number, spell) => {
      expect(parseGroupReference(spell(`${name}`))).toEqual({ ok: true, reference: `@${name}` });
      expect(parseGroupReference(spell(`${name}/${number}`))).toEqual({ ok: true, reference: `@${name}/${number}` });
    }),
  );
});

test("whatever is read is canonical, and nothing makes it throw", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, address), (text) => {
      const parsed = parseGroupReference(text);
      if (parsed.ok) expect(parseGroupReference(parsed.reference)).toEqual(parsed);
      else expect(parsed.reason).toMatch(/^.+\.$/s);
    }),
    { numRuns: 2000 },
  );
});
