// Connects, forwards, closes, and says what it has left: run by faults.test.ts, which waits for its natural end.
import { randomBytes } from "node:crypto";
import { createGateway, parseDc } from "../../../src/index.ts";

const { dc, authKey, messageId } = JSON.parse(process.argv[2] ?? "{}");
const connected = await createGateway({ dc: parseDc(dc) }).connect(
  {
    secret: { dcId: 2, host: null, port: null, authKey: Buffer.from(authKey, "base64") },
    api: { apiId: 1, apiHash: "" },
  },
  { signal: new AbortController().signal, mayUse: () => true },
);
if (connected.kind !== "connected") throw new Error(connected.kind);
const { client } = connected;
const from = await client.resolve("@news_channel");
const to = await client.resolve("@open_group");
if (from.kind !== "resolved" || to.kind !== "resolved") throw new Error("not resolved");
const outcomes: Record<string, number> = {};
const forward = async (times: number) => {
  for (let n = 0; n < times; n += 1) {
    const { kind } = await client.forward({
      from: from.chat.peer,
      messageId,
      to: to.chat.peer,
      topicId: undefined,
      randomId: randomBytes(8).readBigInt64LE(0),
      mayStand: false,
    });
    outcomes[kind] = (outcomes[kind] ?? 0) + 1;
  }
};
const heap = () => {
  global.gc?.();
  return process.memoryUsage().heapUsed;
};
// The first ones fill what is bounded: compiled code, the 500 message ids that are kept against replays.
await forward(600);
const before = heap();
await forward(600);
const bytesPerForward = (heap() - before) / 600;
await client.close();
const left = process.getActiveResourcesInfo().filter((name) => /TCP|Timeout|Immediate/.test(name));
process.stdout.write(JSON.stringify({ outcomes, left, bytesPerForward }));
