import { startEngine } from "./container.ts";
import { readEnvironment } from "./env.ts";

try {
  const engine = await startEngine(readEnvironment());
  engine.log.info(`the engine listens on ${engine.url}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      engine.log.info(`${signal}: the engine stops`);
      engine.stop().then(
        () => process.exit(0),
        (error) => {
          engine.log.error({ err: error }, "the engine did not stop cleanly");
          process.exit(1);
        },
      );
    });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
