import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { MAX_TEXT_LENGTH, Post, parsePostLink, textLength } from "./post.ts";
import { address, anyText, name, number, spelling } from "./testing/spellings.ts";

const shop = { ok: true, link: "https://t.me/shop/12", channel: "@shop", messageId: 12 };
const closed = { ok: true, link: "https://t.me/c/1234567890/12", channel: "-1001234567890", messageId: 12 };

test.each([
  ["https://t.me/shop/12", shop],
  [" t.me/Shop/12/?single ", shop],
  ["http://www.telegram.me/shop/12#x", shop],
  ["https://telegram.dog/shop/12", shop],
  ["https://t.me/s/shop/12", shop],
  ["https://shop.t.me/12", shop],
  ["t.me/shop/5/12", shop],
  ["t.me/shop/12?thread=5", shop],
  ["tg://resolve?domain=shop&post=12&single", shop],
  ["@shop/12", shop],
  ["t.me/c/1234567890/12", closed],
  ["t.me/c/1234567890/5/12", closed],
  ["tg:privatepost?channel=1234567890&post=12&thread=5", closed],
  ["-1001234567890/12", closed],
  ["https://web.telegram.org/k/#?tgaddr=tg%3A%2F%2Fresolve%3Fdomain%3Dshop%26post%3D12", shop],
  ["t.me/c/1234567/12", { ok: true, link: "https://t.me/c/1234567/12", channel: "-1000001234567", messageId: 12 }],
])("“%s” is a post", (text, parsed) => {
  expect(parsePostLink(text)).toEqual(parsed);
});

const HINT = "A post link looks like https://t.me/channel/123. In Telegram, choose “Copy link” on the post.";
const MISSING = `The number of the message is missing. ${HINT}`;
const COMMENT =
  "This is a comment, and the post above it, https://t.me/shop/12, is another message. To post the comment, open the channel's discussion group and copy the link there.";
const STORY = `This is a story, and only messages can be posted. ${HINT}`;

test.each([
  ["", HINT],
  ["hello there", HINT],
  ["https://example.com/shop/12", HINT],
  ["t.me/shop/x", HINT],
  ["t.me/shop/0", HINT],
  ["t.me/shop/1/2/3", HINT],
  ["t.me/c/0/12", HINT],
  ["t.me/a__b/12", HINT],
  ["t.me/shop", MISSING],
  ["t.me/c/1234567890", MISSING],
  ["https://web.telegram.org/a/#-1001234567890", MISSING],
  ["https://web.telegram.org/k/#-1234567890", MISSING],
  ["-42/12", "Messages of a basic group have no links. Choose a post of a channel."],
  ["t.me/shop/12?comment=34", COMMENT],
  ["tg://resolve?domain=shop&post=12&comment=34", COMMENT],
  ["t.me/shop/s/12", STORY],
  ["t.me/c/1234567890/s/12", STORY],
  ["tg://resolve?domain=shop&story=12", STORY],
  ["t.me/+AbCd0123456789", `This is an invite link, not a post. ${HINT}`],
  ["t.me/+380441234567", `This leads to a person, not to a post. ${HINT}`],
  ["t.me/boost/shop/1", `In Telegram, “boost” stands for boosting a chat, so this is not a post. ${HINT}`],
  ["t.me/nft/shop-1", `In Telegram, “nft” stands for a collectible gift, so this is not a post. ${HINT}`],
])("“%s” is refused as a post, with the reason", (text, reason) => {
  expect(parsePostLink(text)).toEqual({ ok: false, reason });
});

test("every spelling of one post gives one link, which gives itself", () => {
  fc.assert(
    fc.property(name, number, spelling, (name, messageId, spell) => {
      const link = `https://t.me/${name}/${messageId}`;
      const parsed = { ok: true, link, channel: `@${name}`, messageId };
      expect(parsePostLink(spell(`${name}/${messageId}`))).toEqual(parsed);
      expect(parsePostLink(link)).toEqual(parsed);
    }),
  );
});

test("whatever is read is canonical, and nothing makes it throw", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, address), (text) => {
      const parsed = parsePostLink(text);
      if (parsed.ok) expect(parsePostLink(parsed.link)).toEqual(parsed);
      else expect(parsed.reason).toMatch(/^.+\.$/s);
    }),
    { numRuns: 2000 },
  );
});

test("a text is as long as its code points, without the blanks round it", () => {
  expect(textLength("")).toBe(0);
  expect(textLength(" \n ab c\n ")).toBe(4);
  expect(textLength("😀é")).toBe(2);
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "é", "😀", "𝒳")), (characters) => {
      expect(textLength(characters.join(""))).toBe(characters.length);
    }),
  );
});

const text = (content: string) => Post.safeParse({ type: "text", content });

test("a text has at most as many characters as Telegram takes", () => {
  for (const content of ["x".repeat(MAX_TEXT_LENGTH), "😀".repeat(2049), "😀".repeat(MAX_TEXT_LENGTH)])
    expect(text(`  ${content}\n`)).toEqual({ success: true, data: { type: "text", content } });
  for (const content of ["x".repeat(MAX_TEXT_LENGTH + 1), "😀".repeat(MAX_TEXT_LENGTH + 1)])
    expect(text(content).error?.issues.map(({ message }) => message)).toEqual([
      "Telegram takes at most 4096 characters in one message.",
    ]);
  expect(text(" \n").error?.issues.map(({ message }) => message)).toEqual(["Write the text that is to be posted."]);
});

test("a text that is far too long is refused before it is taken apart", () => {
  const split = vi.spyOn(Array, "from");
  const { error } = text("😀".repeat(MAX_TEXT_LENGTH + 1));
  expect(split).not.toHaveBeenCalled();
  split.mockRestore();
  expect(error?.issues).toHaveLength(1);
});

test("a link is kept in its canonical spelling", () => {
  expect(Post.parse({ type: "link", content: "tg://resolve?domain=Shop&post=12" })).toEqual({
    type: "link",
    content: "https://t.me/shop/12",
  });
  expect(Post.safeParse({ type: "link", content: "t.me/shop" }).error?.issues.map(({ message }) => message)).toEqual([
    MISSING,
  ]);
});
