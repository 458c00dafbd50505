// One account's way to Telegram: when it dials, what it asks again, and when it believes that a key is dead.
import { LAYER } from "telegram/tl/AllTLObjects.js";
import { Api } from "telegram/tl/index.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Answer } from "../src/gram/connection.ts";
import {
  DONE,
  dead,
  LOST,
  late,
  NOW,
  refused,
  scriptedLink,
  state,
  stopClock,
  UNREAD,
  unknown,
} from "./scripted-link.ts";

beforeEach(() => void stopClock());
afterEach(() => void vi.useRealTimers());

describe("connecting", () => {
  test("introduces the client and proves the key in one request, within the time", async () => {
    const { connect, dials, link } = scriptedLink();
    expect(await connect(9_000)).toBeUndefined();
    expect(dials).toMatchObject([{ host: "one", times: [9_000], isOpen: true }]);
    expect(dials[0]?.greeting).toEqual(
      new Api.InvokeWithLayer({
        layer: LAYER,
        query: new Api.InitConnection({
          apiId: 12_345,
          deviceModel: "Herald",
          systemVersion: "1",
          appVersion: "1",
          langCode: "en",
          systemLangCode: "en",
          langPack: "",
          query: new Api.InvokeWithoutUpdates({ query: new Api.updates.GetState() }),
        }),
      }),
    );
    expect(link.ended).toBe(false);
  });

  test("learns by how much Telegram's clock is ahead, where Telegram says it", async () => {
    const { connect, link } = scriptedLink([{ greeting: state(NOW.getTime() / 1000 + 90) }]);
    expect(link.aheadMs).toBeUndefined();
    await connect();
    expect(link.aheadMs).toBe(90_000);
    for (const greeting of [UNREAD, DONE]) {
      const silent = scriptedLink([{ greeting }]);
      expect(await silent.connect()).toBeUndefined();
      expect(silent.link.aheadMs).toBeUndefined();
      expect(await silent.ask()).toEqual(DONE);
      expect(silent.dials).toHaveLength(1);
    }
  });

  test("is done once for all who ask meanwhile, and for those who ask later", async () => {
    const { link, ask, dials } = scriptedLink();
    const both = [link.invoke(new Api.help.GetNearestDc(), 1_000), link.invoke(new Api.help.GetConfig(), 1_000)];
    expect(await Promise.all(both)).toEqual([DONE, DONE]);
    expect(await ask()).toEqual(DONE);
    expect(dials).toHaveLength(1);
    expect(dials[0]?.asked).toHaveLength(3);
  });

  test("gives each address its share of the time that is left, and begins anew with the first", async () => {
    const timeout: Answer<unknown> = { kind: "timeout" };
    const { connect, dials, hosts } = scriptedLink(
      [
        { greeting: late(3_000, timeout) },
        { greeting: LOST },
        { greeting: late(2_000, timeout) },
        { greeting: late(100, timeout) },
      ],
      { addresses: 3 },
    );
    expect(await connect(9_000)).toEqual(unknown("NO_CONNECTION"));
    expect(hosts()).toEqual(["one", "two", "three", "one"]);
    // of 9 s, of 5.5 s after 3 s and a pause, of 4.5 s after another, of 0.5 s after 2 s and a third
    expect(dials.map(({ times }) => times[0])).toEqual([3_000, 2_750, 4_500, 500 / 3]);
    expect(dials.map(({ isOpen }) => isOpen)).toEqual([false, false, false, false]);
  });

  test("goes on with the address that answered last, also with a refusal", async () => {
    const scripts = [{ greeting: LOST }, { answers: [LOST] }, { greeting: refused("CONNECTION_NOT_INITED") }];
    const { ask, hosts } = scriptedLink(scripts, { addresses: 2 });
    expect(await ask()).toEqual(DONE);
    expect(hosts()).toEqual(["one", "two", "two", "two"]);
  });

  test("is tried again, and no key is doubted, however often Telegram forgot the introduction", async () => {
    const { connect, dials } = scriptedLink(Array(3).fill({ greeting: refused("CONNECTION_NOT_INITED") }));
    expect(await connect()).toBeUndefined();
    expect(dials).toHaveLength(4);
  });

  test("that Telegram refuses is not tried again, and nothing of it stays", async () => {
    const { connect, dials } = scriptedLink([{ greeting: refused("USER_DEACTIVATED_BAN") }]);
    expect(await connect()).toEqual({ kind: "session_dead", cause: "spam", code: "USER_DEACTIVATED_BAN" });
    expect(dials).toMatchObject([{ isOpen: false }]);
  });

  test("that nobody answers is not known to have come to anything", async () => {
    const { connect, times } = scriptedLink(Array.from({ length: 20 }, () => ({ greeting: LOST })));
    expect(await connect(30_000)).toEqual(unknown("NO_CONNECTION"));
    // the pauses double up to five seconds, and none is begun that would not end in time
    expect(times()).toEqual([0, 500, 1_500, 3_500, 7_500, 12_500, 17_500, 22_500, 27_500]);
  });

  test("ends with the last pause that ends in time", async () => {
    const scripts = Array.from({ length: 3 }, () => ({ greeting: LOST }));
    expect(
      await Promise.all(
        [500, 501].map(async (ms) => {
          const { connect, times } = scriptedLink(scripts);
          await connect(ms);
          return times();
        }),
      ),
    ).toEqual([[0], [0, 500]]);
  });
});

describe("a request", () => {
  test("goes without updates, within the time that is left", async () => {
    const { ask, dials } = scriptedLink([{ greeting: late(300, state(0)) }]);
    const request = new Api.help.GetConfig();
    expect(await ask(7_000, request)).toEqual(DONE);
    expect(dials).toMatchObject([{ times: [7_000, 6_700] }]);
    expect(dials[0]?.asked).toEqual([new Api.InvokeWithoutUpdates({ query: request })]);
  });

  test("whose connection is lost is asked again on the next, the same", async () => {
    const { ask, dials, times } = scriptedLink([{ answers: [LOST] }]);
    expect(await ask()).toEqual(DONE);
    expect(times()).toEqual([0, 500]);
    expect(dials.map(({ isOpen }) => isOpen)).toEqual([false, true]);
    expect(dials[1]?.asked).toEqual(dials[0]?.asked);
  });

  test("that is answered in a form which is not known is answered", async () => {
    const { ask, dials } = scriptedLink([{ answers: [UNREAD] }]);
    expect(await ask()).toEqual(UNREAD);
    expect(dials).toHaveLength(1);
  });

  test("that is refused is not asked again, and leaves the connection", async () => {
    const { ask, dials } = scriptedLink([
      { answers: [refused("FLOOD_WAIT_9"), { kind: "error", error: new Error("broken") }] },
    ]);
    expect(await ask()).toEqual({ kind: "flood_wait", seconds: 9, method: "any", code: "FLOOD_WAIT_9" });
    expect(await ask()).toEqual(unknown("NO_CLEAR_ANSWER"));
    expect(dials).toMatchObject([{ isOpen: true }]);
  });

  test("that is refused after an answer was lost may have been executed, and one whose connection was not made may not", async () => {
    const flood = { kind: "flood_wait", seconds: 9, method: "any", code: "FLOOD_WAIT_9" };
    const lost = scriptedLink([{ answers: [LOST] }, { answers: [refused("FLOOD_WAIT_9")] }]);
    expect(await lost.ask()).toEqual({ ...flood, unanswered: true });
    const undialled = scriptedLink([{ greeting: LOST }, { answers: [refused("FLOOD_WAIT_9")] }]);
    expect(await undialled.ask()).toEqual(flood);
    const open = scriptedLink([{ answers: [LOST] }, { answers: [refused("RPC_CALL_FAIL")] }]);
    expect(await open.ask()).toEqual(unknown("RPC_CALL_FAIL"));
  });

  test("without an answer in time destroys the connection, so that nothing leaves later", async () => {
    const { ask, dials } = scriptedLink([{ answers: [late(20_000, { kind: "timeout" })] }]);
    expect(await ask()).toEqual(unknown("NO_ANSWER"));
    expect(dials).toMatchObject([{ isOpen: false }]);
  });

  test("that timed out and is then refused was not lost on the way", async () => {
    const { ask } = scriptedLink([{ answers: [{ kind: "timeout" }] }, { answers: [refused("SESSION_REVOKED")] }]);
    expect(await ask()).toEqual(dead("SESSION_REVOKED"));
  });

  test("of a text is refused as one", async () => {
    const text = new Api.messages.SendMessage({ peer: new Api.InputPeerSelf(), message: "Hello" });
    const { ask } = scriptedLink([{ answers: [refused("MESSAGE_ID_INVALID"), refused("MESSAGE_ID_INVALID")] }]);
    expect(await ask(1_000, text)).toMatchObject({ kind: "group_refused" });
    expect(await ask()).toMatchObject({ kind: "content_refused" });
  });

  test("is asked anew on a new connection, where Telegram forgot the introduction", async () => {
    const scripts = Array.from({ length: 3 }, () => ({ answers: [refused("CONNECTION_NOT_INITED")] }));
    const { ask, dials } = scriptedLink(scripts.slice(0, 1));
    expect(await ask()).toEqual(DONE);
    expect(dials.map(({ isOpen }) => isOpen)).toEqual([false, true]);
    expect(await scriptedLink(scripts).ask(1_400)).toEqual(unknown("CONNECTION_NOT_INITED"));
  });
});

describe("a key that Telegram says it does not know", () => {
  const GONE = refused("AUTH_KEY_UNREGISTERED");

  test("is believed to be dead when a second connection in a row says it, after a pause", async () => {
    const { connect, link, times, dials } = scriptedLink([{ greeting: GONE }, { greeting: GONE }]);
    const begin = performance.now();
    expect(await connect()).toEqual(dead("AUTH_KEY_UNREGISTERED"));
    expect([times(), performance.now() - begin]).toEqual([[0, 2_000], 2_000]);
    expect(link.ended).toBe(true);
    expect(dials.map(({ isOpen }) => isOpen)).toEqual([false, false]);
  });

  test("is good when the next connection is let in, whatever else it says", async () => {
    for (const greeting of [state(0), UNREAD]) {
      const { connect, ask } = scriptedLink([{ greeting: GONE }, { greeting, answers: [GONE] }]);
      expect(await connect()).toBeUndefined();
      // another moment: doubted once more, and not believed
      expect(await ask()).toEqual(DONE);
    }
  });

  test("is good when a request is answered", async () => {
    for (const answer of [DONE, UNREAD]) {
      const { ask, link } = scriptedLink([{ answers: [GONE] }, { answers: [answer, GONE] }]);
      expect(await ask()).toEqual(answer);
      expect(await ask()).toEqual(DONE);
      expect(link.ended).toBe(false);
    }
  });

  test("is not believed of one connection alone, however often that says it", async () => {
    const { link, ask, dials } = scriptedLink([{ answers: [GONE, GONE] }]);
    const both = [link.invoke(new Api.help.GetConfig(), 9_000), ask()];
    expect(await Promise.all(both)).toEqual([DONE, DONE]);
    expect(dials).toHaveLength(2);
  });

  test("and is not known for what it is in time, is told by that name", async () => {
    const { ask, times } = scriptedLink([{ answers: [GONE] }]);
    expect(await ask(2_000)).toEqual(unknown("AUTH_KEY_UNREGISTERED"));
    expect(times()).toEqual([0]);
  });

  test("leaves open what was lost before", async () => {
    const { ask } = scriptedLink([{ answers: [LOST] }, { greeting: GONE }, { greeting: GONE }]);
    expect(await ask()).toEqual({ ...dead("AUTH_KEY_UNREGISTERED"), unanswered: true });
  });

  test("is waited for no shorter than any other after many tries", async () => {
    const scripts = [...Array.from({ length: 4 }, () => ({ greeting: LOST })), { greeting: GONE }];
    const { connect, times } = scriptedLink(scripts);
    expect(await connect()).toBeUndefined();
    expect(times()).toEqual([0, 500, 1_500, 3_500, 7_500, 12_500]);
  });
});
