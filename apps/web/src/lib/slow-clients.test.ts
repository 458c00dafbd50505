import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cutSlowClients } from "./slow-clients.ts";

let server: Server;
const arrived: string[] = [];

beforeAll(async () => {
  cutSlowClients("/upload", { head: 200, body: 200, file: 2000 });
  server = createServer({ connectionsCheckingInterval: 25 }, async (request, response) => {
    const body = await request
      .setEncoding("utf8")
      .toArray()
      .catch(() => null);
    if (body === null) return;
    arrived.push(`${request.url} ${body.join("")}`);
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => server.close());

/** A connection on which `text` was sent. */
async function wire(text: string) {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").setEncoding("utf8");
  await once(socket, "connect");
  socket.write(text);
  const answer = socket.toArray().then(
    (parts) => parts.join(""),
    () => "", // reset
  );
  return { socket, answer };
}
const post = (path: string, body: string, bytes = body.length) =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: ${bytes}\r\n\r\n${body}`;

test("what comes in drips is cut, a file later than the rest, and what has arrived is not", async () => {
  expect(await (await wire(post("/whole", "body"))).answer).toMatch(/^HTTP\/1.1 200/);
  const file = await wire(post("/upload?name=a", "half", 8));
  const [head, body] = [await wire("GET / HTTP/1.1\r\nhost: "), await wire(post("/call", "half", 8))];
  expect(await body.answer).toBe("");
  expect(await head.answer).toMatch(/^HTTP\/1.1 408/);
  file.socket.write("half");
  expect(await file.answer).toMatch(/^HTTP\/1.1 200/);
  expect(await (await wire(post("/upload?name=b", "half", 8))).answer).toBe("");
  expect(arrived).toEqual(["/whole body", "/upload?name=a halfhalf"]);
});
