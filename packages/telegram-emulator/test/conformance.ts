import { afterEach, describe, test } from "vitest";
import type { ClientLibrary } from "./clients/client.ts";
import { faultScenarios } from "./scenarios/faults.ts";
import { keyScenarios } from "./scenarios/keys.ts";
import { limitScenarios } from "./scenarios/limits.ts";
import { loginScenarios } from "./scenarios/login.ts";
import { membershipScenarios } from "./scenarios/membership.ts";
import { readingScenarios } from "./scenarios/reading.ts";
import { sendingScenarios } from "./scenarios/sending.ts";
import { type Scenario, Stage } from "./scenarios/stage.ts";
import { updateScenarios } from "./scenarios/updates.ts";

const SCENARIOS: Scenario[] = [
  ...loginScenarios,
  ...membershipScenarios,
  ...sendingScenarios,
  ...readingScenarios,
  ...limitScenarios,
  ...keyScenarios,
  ...updateScenarios,
  ...faultScenarios,
];

let stage: Stage | undefined;

afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

/** One list of scenarios, seen by one library. */
export function conformance(library: ClientLibrary, layer: number): void {
  describe(`the world as ${library.name} sees it`, () => {
    for (const scenario of SCENARIOS) {
      const reason = leftOut(scenario, library, layer);
      if (reason !== undefined) {
        console.log(`${library.name} leaves out "${scenario.name}": ${reason}.`);
        continue;
      }
      test(scenario.name, async () => {
        stage = await Stage.open(library, scenario.open);
        await scenario.run(stage);
      });
    }
  });
}

function leftOut(scenario: Scenario, library: ClientLibrary, layer: number): string | undefined {
  if ((scenario.fromLayer ?? 0) > layer) return `its layer ${layer} is older than ${scenario.fromLayer}`;
  return scenario.leftOut?.[library.name];
}
