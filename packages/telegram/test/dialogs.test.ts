// What one page of the account's chats says, and what it only mentions.
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import { expect, test } from "vitest";
import { Dialogs } from "../src/gram/dialogs.ts";

const channel = (title: string, more: { min?: boolean; accessHash: number }) =>
  new Api.Channel({
    ...more,
    id: bigInt(7),
    accessHash: bigInt(more.accessHash),
    title,
    username: "talkroom",
    photo: new Api.ChatPhotoEmpty(),
    date: 0,
    megagroup: true,
  });
const FULL = channel("Talk", { accessHash: 1 });
const MIN = channel("Talk, mentioned", { min: true, accessHash: 2 });

const dialogsOf = (...chats: Api.Channel[]) => {
  const page = new Api.messages.Dialogs({ dialogs: [], messages: [], chats, users: [] });
  return new Dialogs(async () => ({ kind: "result", value: page }));
};

test("a channel that is only mentioned is no chat of the account, neither by its id nor by its name", async () => {
  expect(await dialogsOf(MIN).find("-1000000000007")).toMatchObject({ code: "NOT_A_MEMBER" });
  expect(await dialogsOf(MIN).named("talkroom")).toBeUndefined();
});

test("and takes nothing from the one that is", async () => {
  const dialogs = dialogsOf(FULL, MIN);
  const chat = { title: "Talk", peer: { accessHash: "1" } };
  expect(await dialogs.find("-1000000000007")).toMatchObject({ kind: "resolved", chat });
  expect(await dialogs.named("talkroom")).toMatchObject({ kind: "resolved", chat });
});
