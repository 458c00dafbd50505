// When a refusal ends, by what a chat says of the account's rights.
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import { expect, test } from "vitest";
import { endInChat, tellsItsEnd } from "../src/gram/refusal-end.ts";

const now = new Date("2030-01-01T12:00:00Z");
const NOW_SECONDS = now.getTime() / 1000;
const FOREVER_SECONDS = 2 ** 31 - 1;
const at = (seconds: number) => ({ kind: "at", at: new Date(seconds * 1000) });

type Rights = Partial<Omit<Api.ChatBannedRights, "untilDate">>;
const rights = (banned: Rights, untilDate = 0) => new Api.ChatBannedRights({ ...banned, untilDate });

const channel = (of: { bannedRights?: Api.ChatBannedRights; defaultBannedRights?: Api.ChatBannedRights } = {}) =>
  new Api.Channel({ id: bigInt(7), title: "Talk", photo: new Api.ChatPhotoEmpty(), date: 0, ...of });
const forbidden = (of: { untilDate?: number } = {}) =>
  new Api.ChannelForbidden({ id: bigInt(7), accessHash: bigInt(1), title: "Talk", ...of });
const own = (banned: Rights, untilDate?: number) => ({ bannedRights: rights(banned, untilDate) });
const everyones = (banned: Rights) => ({ defaultBannedRights: rights(banned) });

/** The right that each refusal says is missing. */
const RIGHTS: ReadonlyArray<[code: string, right: keyof Rights]> = [
  ["USER_BANNED_IN_CHANNEL", "sendMessages"],
  ["CHAT_WRITE_FORBIDDEN", "sendMessages"],
  ["CHAT_RESTRICTED", "sendMessages"],
  ["CHAT_SEND_PLAIN_FORBIDDEN", "sendPlain"],
  ["CHAT_SEND_WEBPAGE_FORBIDDEN", "embedLinks"],
  ["CHAT_SEND_MEDIA_FORBIDDEN", "sendMedia"],
  ["CHAT_SEND_PHOTOS_FORBIDDEN", "sendPhotos"],
  ["CHAT_SEND_VIDEOS_FORBIDDEN", "sendVideos"],
  ["CHAT_SEND_ROUNDVIDEOS_FORBIDDEN", "sendRoundvideos"],
  ["CHAT_SEND_AUDIOS_FORBIDDEN", "sendAudios"],
  ["CHAT_SEND_VOICES_FORBIDDEN", "sendVoices"],
  ["CHAT_SEND_DOCS_FORBIDDEN", "sendDocs"],
  ["CHAT_SEND_STICKERS_FORBIDDEN", "sendStickers"],
  ["CHAT_SEND_GIFS_FORBIDDEN", "sendGifs"],
  ["CHAT_SEND_GAME_FORBIDDEN", "sendGames"],
  ["CHAT_SEND_INLINE_FORBIDDEN", "sendInline"],
  ["CHAT_SEND_POLL_FORBIDDEN", "sendPolls"],
];

test.each(RIGHTS)("%s ends when the account may %s again", (code, right) => {
  expect(tellsItsEnd(code)).toBe(true);
  const until = NOW_SECONDS + 60;
  expect(endInChat(code, channel(own({ [right]: true }, until)), now)).toEqual(at(until));
  // another right that the account has not says nothing of this one, but for the one to write at all
  expect(endInChat(code, channel(own({ pinMessages: true }, until)), now)).toBeUndefined();
  expect(endInChat(code, channel(own({ sendMessages: true }, until)), now)).toEqual(at(until));
});

test.each(RIGHTS.filter(([, right]) => right !== "sendMessages"))(
  "%s ends with the post, where nobody may %s",
  (code, right) => {
    const mine = own({ [right]: true }, NOW_SECONDS + 60);
    expect(endInChat(code, channel({ ...mine, ...everyones({ [right]: true }) }), now)).toBeUndefined();
    expect(endInChat(code, channel({ ...mine, ...everyones({ pinMessages: true }) }), now)).toEqual(
      at(NOW_SECONDS + 60),
    );
  },
);

test("where nobody may write, they may be back any day", () => {
  for (const [code] of RIGHTS)
    expect(endInChat(code, channel(everyones({ sendMessages: true })), now)).toEqual({ kind: "daily" });
});

test.each([
  ["has no date", 0, undefined],
  ["is over", NOW_SECONDS, undefined],
  ["is over in a second", NOW_SECONDS + 1, at(NOW_SECONDS + 1)],
  ["is nearly for ever", FOREVER_SECONDS - 1, at(FOREVER_SECONDS - 1)],
  ["is for ever", FOREVER_SECONDS, undefined],
])("a mute or an exclusion that %s", (_what, until, ends) => {
  const muted = channel(own({ sendMessages: true }, until));
  expect(endInChat("USER_BANNED_IN_CHANNEL", muted, now)).toEqual(ends);
  expect(endInChat("USER_BANNED_IN_CHANNEL", forbidden({ untilDate: until }), now)).toEqual(ends);
});

test("a chat that says nothing of rights, and a refusal that has none, tell no end", () => {
  expect(endInChat("USER_BANNED_IN_CHANNEL", channel(), now)).toBeUndefined();
  expect(endInChat("USER_BANNED_IN_CHANNEL", forbidden(), now)).toBeUndefined();
  expect(endInChat("USER_BANNED_IN_CHANNEL", new Api.ChatEmpty({ id: bigInt(7) }), now)).toBeUndefined();
  for (const code of ["CHANNEL_PRIVATE", "TOPIC_CLOSED"]) {
    expect(tellsItsEnd(code)).toBe(false);
    const muted = channel({ ...own({ sendMessages: true }, NOW_SECONDS + 60), ...everyones({ sendMessages: true }) });
    expect(endInChat(code, muted, now)).toBeUndefined();
  }
});
