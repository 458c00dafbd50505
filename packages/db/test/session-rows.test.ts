import { sessionFilesContract } from "@herald/testing/session-files-contract";
import { afterAll, beforeAll } from "vitest";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** Any reversible seal serves: what AES does is the vault's to prove. */
const seal = {
  seal: (id: string, { authKey, ...rest }: Parameters<typeof JSON.stringify>[0] & { authKey: Uint8Array }) =>
    Buffer.from(JSON.stringify({ id, ...rest, authKey: Buffer.from(authKey).toString("hex") })),
  open: (_id: string, sealed: Uint8Array) => {
    const { dcId, host, port, authKey } = JSON.parse(Buffer.from(sealed).toString());
    return { dcId, host, port, authKey: new Uint8Array(Buffer.from(authKey, "hex")) };
  },
};

sessionFilesContract(
  () => world.database.sessionRows(seal),
  (id) => world.session(id),
);
