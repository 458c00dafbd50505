// Which addresses are learnt from what Telegram tells of itself, and for how long.
import { Api } from "telegram/tl/index.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DcDirectory } from "../src/dc-directory.ts";
import type { AccountLink, Reply } from "../src/gram/account-link.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-01T00:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

const dc = (id: number, more: Partial<Omit<Api.DcOption, "id">> = {}) =>
  new Api.DcOption({ ipAddress: `10.0.0.${id}`, port: 443, ...more, id });

/** What Telegram tells, good for so many seconds of its own clock, which is not ours. */
const told = (dcOptions: Api.DcOption[], seconds = 60): Reply<Api.Config> => ({
  kind: "result",
  value: new Api.Config({
    dcOptions,
    date: 1_000,
    expires: 1_000 + seconds,
    testMode: false,
    thisDc: 2,
    dcTxtDomainName: "",
    chatSizeMax: 0,
    megagroupSizeMax: 0,
    forwardedCountMax: 0,
    onlineUpdatePeriodMs: 0,
    offlineBlurTimeoutMs: 0,
    offlineIdleTimeoutMs: 0,
    onlineCloudTimeoutMs: 0,
    notifyCloudDelayMs: 0,
    notifyDefaultDelayMs: 0,
    pushChatPeriodMs: 0,
    pushChatLimit: 0,
    editTimeLimit: 0,
    revokeTimeLimit: 0,
    revokePmTimeLimit: 0,
    ratingEDecay: 0,
    stickersRecentLimit: 0,
    channelsReadMediaPeriod: 0,
    callReceiveTimeoutMs: 0,
    callRingTimeoutMs: 0,
    callConnectTimeoutMs: 0,
    callPacketTimeoutMs: 0,
    meUrlPrefix: "",
    captionLengthMax: 0,
    messageLengthMax: 0,
    webfileDcId: 0,
  }),
});

/** A link that answers like this, one after the other, and the requests that it got. */
function linkTo(...replies: Array<Reply<Api.Config> | Promise<Reply<Api.Config>>>) {
  const asked: unknown[] = [];
  const link: Pick<AccountLink, "invoke"> = {
    invoke: async (request) => {
      asked.push(request);
      return replies.shift() ?? { kind: "unknown", code: "NO_ANSWER" };
    },
  };
  return { link, asked };
}

test("addresses for accounts are kept; those for files, for everyone's content, with another protocol or a secret are not", async () => {
  const directory = new DcDirectory();
  const options = [
    dc(1, { mediaOnly: true }),
    dc(2),
    dc(3, { cdn: true }),
    dc(4, { ipv6: true, ipAddress: "2001:67c:4e8:f004::a", port: 80 }),
    dc(5, { tcpoOnly: true }),
    dc(1, { secret: Buffer.from([1]) }),
    dc(5, { static: true, thisPortOnly: true }),
  ];
  const { link, asked } = linkTo(told(options));
  expect(directory.addresses).toEqual([]);
  await directory.learn(link, 1_000);
  expect(asked).toEqual([expect.any(Api.help.GetConfig)]);
  expect(directory.addresses).toEqual([
    { id: 2, host: "10.0.0.2", port: 443 },
    { id: 4, host: "2001:67c:4e8:f004::a", port: 80 },
    { id: 5, host: "10.0.0.5", port: 443 },
  ]);
});

test("they are asked for again when they are no longer good, and then replaced", async () => {
  const directory = new DcDirectory();
  const { link, asked } = linkTo(told([dc(2)], 60), told([dc(4)], 60));
  await directory.learn(link, 1_000);
  vi.setSystemTime(Date.now() + 59_999);
  await directory.learn(link, 1_000);
  expect(asked).toHaveLength(1);
  vi.setSystemTime(Date.now() + 1);
  await directory.learn(link, 1_000);
  expect(asked).toHaveLength(2);
  expect(directory.addresses.map(({ id }) => id)).toEqual([4]);
});

test("a refusal loses nothing, and the next account asks again", async () => {
  const directory = new DcDirectory();
  const flood = { kind: "flood_wait", seconds: 9, method: "any", code: "FLOOD_WAIT_9" } as const;
  const { link, asked } = linkTo(told([dc(2)], 0), flood, told([dc(4)]));
  for (const known of [2, 2, 4]) {
    await directory.learn(link, 1_000);
    expect(directory.addresses.map(({ id }) => id)).toEqual([known]);
  }
  expect(asked).toHaveLength(3);
});

test("two accounts at once ask once", async () => {
  const directory = new DcDirectory();
  const answer = Promise.withResolvers<Reply<Api.Config>>();
  const { link, asked } = linkTo(answer.promise, told([dc(4)]));
  const both = [directory.learn(link, 1_000), directory.learn(link, 1_000)];
  answer.resolve(told([dc(2)]));
  await Promise.all(both);
  expect(asked).toHaveLength(1);
  expect(directory.addresses.map(({ id }) => id)).toEqual([2]);
});
