// One variant of forward-cost.ts: a process whose CPU time is the client's alone.
import { randomBytes } from "node:crypto";
import bigInt from "big-integer";
import { Api, TelegramClient } from "telegram";
import { AuthKey } from "telegram/crypto/AuthKey.js";
import { Logger, LogLevel } from "telegram/extensions/Logger.js";
import { StringSession } from "telegram/sessions/index.js";
import { AccountClient } from "../../src/account-client.ts";
import { parseDc } from "../../src/dc.ts";
import { AccountLink } from "../../src/gram/account-link.ts";
import { AccountWaits } from "../../src/gram/method-waits.ts";
import { useNativeFunctions } from "../../src/gram/native.ts";
import { GuardedSocket } from "../../src/gram/socket.ts";

const { variant, dc, authKeys, forwards } = JSON.parse(process.argv[2] ?? "{}") as {
  variant: string;
  dc: string;
  authKeys: string[];
  forwards: number;
};
const address = parseDc(dc);

async function stock(key: AuthKey, group: string): Promise<() => Promise<void>> {
  const session = new StringSession("");
  session.setDC(address.id, address.host, address.port);
  session.setAuthKey(key, address.id);
  // GramJS always dials port 80; otherwise this is its client as it comes.
  class RightPort extends GuardedSocket {
    constructor() {
      super({ mayWrite: () => true, onRefused: () => {} });
    }
    override connect(): Promise<void> {
      return super.connect(address.port, address.host);
    }
  }
  const client = new TelegramClient(session, 1, "x", {
    networkSocket: RightPort as never,
    baseLogger: new Logger(LogLevel.NONE),
    securityChecks: true,
  });
  await client.connect();
  const from = await client.getInputEntity("news_channel");
  const to = await client.getInputEntity(group);
  return async () => {
    const randomId = [bigInt(randomBytes(8).readBigInt64LE(0))];
    await client.invoke(new Api.messages.ForwardMessages({ fromPeer: from, toPeer: to, id: [1], randomId }));
  };
}

async function own(authKey: AuthKey, group: string): Promise<() => Promise<void>> {
  const link = new AccountLink({
    addresses: [address],
    authKey,
    api: { apiId: 1, apiHash: "" },
    mayUse: () => true,
    signal: new AbortController().signal,
  });
  const client = new AccountClient(link, { callMs: 20_000, waits: new AccountWaits().of("bench") });
  const [from, to] = await Promise.all([client.resolve("@news_channel"), client.resolve(`@${group}`)]);
  if (from.kind !== "resolved" || to.kind !== "resolved") throw new Error("not resolved");
  return async () => {
    const outcome = await client.forward({
      from: from.chat.peer,
      to: to.chat.peer,
      messageId: 1,
      topicId: undefined,
      randomId: randomBytes(8).readBigInt64LE(0),
      mayStand: false,
    });
    if (outcome.kind !== "sent") throw new Error(outcome.code);
  };
}

if (variant.includes("native")) useNativeFunctions();
const senders = await Promise.all(
  authKeys.map(async (text, n) => {
    const key = new AuthKey();
    await key.setKey(Buffer.from(text, "base64"));
    return variant === "stock client" ? stock(key, `open_group_${n}`) : own(key, `open_group_${n}`);
  }),
);
const each = Math.ceil(forwards / senders.length);
const run = (times: number) =>
  Promise.all(
    senders.map(async (send) => {
      for (let n = 0; n < times; n += 1) await send();
    }),
  );
await run(20);
const before = process.cpuUsage();
await run(each);
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ cpuSecondsPer1000: (user + system) / 1e6 / ((each * senders.length) / 1_000) }));
process.exit();
