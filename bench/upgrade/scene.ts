import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "@herald/telegram-emulator";
import { People, type Person } from "@herald/testing/people";
import { signInBy } from "@herald/testing/sign-in";
import { EngineProcess } from "../torture/engine-process.ts";
import { Journal } from "../torture/journal.ts";
import type { OptOut } from "../torture/operator.ts";
import { Postgres } from "../torture/postgres.ts";
import type { Random } from "../torture/random.ts";
import { engineEnvironment, type Herald, makeUser } from "../torture/set-up.ts";
import type { Stage } from "../torture/stage.ts";
import type { FormerVersion } from "./former-version.ts";
import { SCALE, setUpgradeStage } from "./stage.ts";

/** The one engine of a round: this version's has the name of the former one, as on a machine that is upgraded. */
export const ENGINE_ID = "engine-1";

/** A Herald with its Telegram, of which everything but the engine lives through the upgrade. */
export interface Scene {
  /** of this round alone */
  folder: string;
  stage: Stage;
  emulator: Emulator;
  postgres: Postgres;
  journal: Journal;
  sessionStore: Herald["sessionStore"];
  /** they speak to the engine that was made last */
  people: People;
  admin: Person;
  users: Person[];
  /** one of each user, made by the former version */
  apiKeys: string[];
  /** chats that the admin closed to all posts */
  optOuts: OptOut[];
  /** the former version's, which works */
  engine: EngineProcess;
  /** An engine of the version whose program that is, with the settings that the former one had. */
  makeEngine(program: string): EngineProcess;
}

/**
 * The former version with its users, accounts and groups, before the first bot starts.
 * @param stack ends everything that was started, also when the set-up fails half-way
 */
export async function setScene(
  stack: AsyncDisposableStack,
  former: FormerVersion,
  { seed, random }: { seed: number; random: Random },
): Promise<Scene> {
  const journal = new Journal();
  const folder = await mkdtemp(join(tmpdir(), "herald-upgrade-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const stage = setUpgradeStage(seed);
  const emulator = await startEmulator({ world: stage.world, seed });
  stack.defer(() => emulator.stop());
  const postgres = stack.use(await Postgres.start(folder, former.migrate));
  const sessionStore: Scene["sessionStore"] = seed % 2 === 0 ? "database" : "folder";
  const jwtSecret = randomBytes(32).toString("base64");
  const environment = await engineEnvironment({ folder, emulator, postgres, sessionStore, jwtSecret });

  let newest: EngineProcess | undefined;
  const makeEngine = (program: string) => {
    const engine = new EngineProcess(ENGINE_ID, program, environment, journal);
    stack.defer(() => engine.dispose());
    newest = engine;
    return engine;
  };
  const engineUrl = () => {
    if (newest === undefined || newest.url === null) throw new Error("no engine works");
    return newest.url;
  };
  const people = new People(
    jwtSecret,
    engineUrl,
    signInBy((text, values) => postgres.query(text, values)),
  );
  const engine = makeEngine(former.program);
  await engine.start();

  const admin = await people.firstAdmin(former, environment);
  await people.fillPool(admin, stage.accounts);
  const users: Person[] = [];
  for (let n = 0; n < SCALE.enterpriseUsers + SCALE.starterUsers; n++)
    users.push(await makeUser(people, admin, n, { stage, scale: SCALE, random }));
  const apiKeys: string[] = [];
  for (const user of users) apiKeys.push((await user.api.users.createApiKey.mutate()).key);
  const optOuts: OptOut[] = [];
  for (const { markedId } of stage.optedOut) await optOut({ admin, optOuts }, markedId);
  return {
    folder,
    stage,
    emulator,
    postgres,
    journal,
    sessionStore,
    people,
    admin,
    users,
    apiKeys,
    optOuts,
    engine,
    makeEngine,
  };
}

/** The admin closes a chat to all posts, for good. */
export async function optOut({ admin, optOuts }: Pick<Scene, "admin" | "optOuts">, chatId: number): Promise<void> {
  await admin.api.chats.update.mutate({ id: String(chatId), optedOut: true });
  optOuts.push({ chatId, from: Date.now(), until: Number.POSITIVE_INFINITY });
}
