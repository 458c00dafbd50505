// Where an account is dialled: several addresses of one data centre, some of them dead.
import { AuthKey } from "telegram/crypto/AuthKey.js";
import { Api } from "telegram/tl/index.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AccountLink } from "../../src/gram/account-link.ts";
import { createGateway, type DcAddress, parseDc } from "../../src/index.ts";
import { api, startTelegram, type Telegram, until } from "./telegram.ts";

let telegram: Telegram;
const links: AccountLink[] = [];
const key = new AuthKey();
beforeEach(async () => {
  telegram = await startTelegram();
  await key.setKey(telegram.account.authKey());
});
afterEach(async () => {
  await Promise.all(links.splice(0).map((made) => made.end("CLOSED")));
  await telegram.stop();
});

const link = (addresses: [DcAddress, ...DcAddress[]]) => {
  const made = new AccountLink({
    addresses,
    authKey: key,
    api: { apiId: 12_345, apiHash: "" },
    mayUse: () => true,
    signal: new AbortController().signal,
  });
  links.push(made);
  return made;
};

test("one that refuses and one that is silent cost their share of the time, not all of it", async () => {
  const mute = await telegram.door({});
  const gone = await telegram.door({});
  await gone.stop();
  const begin = performance.now();
  expect(await link([gone.dc, mute.dc, parseDc(telegram.emulator.dc)]).connect(9_000)).toBeUndefined();
  expect(performance.now() - begin).toBeLessThan(8_000);
  expect(mute.connections()).toBe(1);
});

test("the one that answered is dialled first the next time", async () => {
  const mute = await telegram.door({});
  const made = link([mute.dc, parseDc(telegram.emulator.dc)]);
  expect(await made.connect(4_000)).toBeUndefined();
  telegram.emulator.disconnect();
  await until(() => telegram.emulator.counters.connectionsOpen === 0);
  expect(await made.invoke(new Api.help.GetNearestDc(), 1_000)).toMatchObject({ kind: "result" });
  expect(mute.connections()).toBe(1);
});

test("none answers: said within the time", async () => {
  const [one, other] = [await telegram.door({}), await telegram.door({})];
  expect(await link([one.dc, other.dc]).connect(1_600)).toEqual({ kind: "unknown", code: "NO_CONNECTION" });
  expect([one.connections(), other.connections()]).toEqual([1, 1]);
});

test("a session's own address is dialled", async () => {
  const own = await telegram.door({ to: parseDc(telegram.emulator.dc) });
  const { host, port } = own.dc;
  const gateway = createGateway({ rsaPublicKeyPem: telegram.emulator.rsaPublicKeyPem });
  const secret = { dcId: 2, host, port, authKey: telegram.account.authKey() };
  const signal = new AbortController().signal;
  const connected = await gateway.connect({ secret, api }, { signal, mayUse: () => true });
  expect(connected).toMatchObject({ kind: "connected" });
  expect(own.connections()).toBe(1);
  await until(() => telegram.calls("help.getConfig") === 1);
  if (connected.kind === "connected") await connected.client.close();
});
