import { describe, expect, test } from "vitest";
import { resolveExecutionMode } from "./execution-mode.ts";

const nothing = {
  requested: undefined,
  requestedTotalCycleMinutes: undefined,
  planType: undefined,
  configured: undefined,
} as const;
const refused = (code: string, message: string) => expect.objectContaining({ code, message });

test("Default to enterprise if not specified", () => {
  const enterprise = { executionMode: "enterprise", totalCycleMinutes: null };
  expect(resolveExecutionMode(nothing)).toEqual(enterprise);
  expect(resolveExecutionMode({ ...nothing, planType: "ENTERPRISE" })).toEqual(enterprise);
  expect(resolveExecutionMode({ ...nothing, requested: null, planType: null })).toEqual(enterprise);
});

test.each(["turbo", "", "STARTER", " starter"])("Invalid execution_mode rejected: “%s”", (requested) => {
  expect(() => resolveExecutionMode({ ...nothing, requested, requestedTotalCycleMinutes: 60 })).toThrow(
    refused("invalid_execution_mode", "Invalid execution_mode"),
  );
});

describe("Starter mode without total_cycle_minutes rejected", () => {
  test.each([undefined, null, 0, -1, -0.5])("%s", (requestedTotalCycleMinutes) => {
    expect(() =>
      resolveExecutionMode({
        ...nothing,
        requested: "starter",
        requestedTotalCycleMinutes,
        planType: "STARTER",
        configured: { totalCycleMinutes: 90 },
      }),
    ).toThrow(refused("total_cycle_minutes_required", "Starter mode requires total_cycle_minutes > 0"));
  });
});

test("the request comes before the plan", () => {
  expect(resolveExecutionMode({ ...nothing, requested: "enterprise", planType: "STARTER" }).executionMode).toBe(
    "enterprise",
  );
  expect(
    resolveExecutionMode({
      ...nothing,
      requested: "starter",
      requestedTotalCycleMinutes: 30,
      planType: "ENTERPRISE",
      configured: { totalCycleMinutes: 90 },
    }),
  ).toEqual({ executionMode: "starter", totalCycleMinutes: 30 });
});

test("what was chosen before comes before the plan, unless the plan is asked for by null", () => {
  const chosen = {
    ...nothing,
    planType: "ENTERPRISE",
    configured: { executionMode: "starter", totalCycleMinutes: 90 },
  } as const;
  expect(resolveExecutionMode(chosen)).toEqual({ executionMode: "starter", totalCycleMinutes: 90 });
  expect(resolveExecutionMode({ ...chosen, requested: null }).executionMode).toBe("enterprise");
});

test("where the plan decides, the length is the requested one, else the bot's own, else 60 minutes", () => {
  const planDecides = { ...nothing, planType: "STARTER" } as const;
  const configured = { totalCycleMinutes: 90 };
  expect(resolveExecutionMode(planDecides)).toEqual({ executionMode: "starter", totalCycleMinutes: 60 });
  expect(resolveExecutionMode({ ...planDecides, configured }).totalCycleMinutes).toBe(90);
  expect(resolveExecutionMode({ ...planDecides, configured, requestedTotalCycleMinutes: 45 }).totalCycleMinutes).toBe(
    45,
  );
});

test("a length is a whole number of minutes and at most 7 days", () => {
  const starter = (requestedTotalCycleMinutes: number) => () =>
    resolveExecutionMode({ ...nothing, requested: "starter", requestedTotalCycleMinutes });
  expect(starter(10_080)()).toEqual({ executionMode: "starter", totalCycleMinutes: 10_080 });
  expect(starter(10_081)).toThrow(refused("invalid_input", "A cycle lasts at most 7 days."));
  for (const bad of [1.5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(starter(bad)).toThrow(refused("invalid_input", "Give whole minutes."));
});

test("Enterprise looks at no length", () => {
  expect(resolveExecutionMode({ ...nothing, requested: "enterprise", requestedTotalCycleMinutes: -5 })).toEqual({
    executionMode: "enterprise",
    totalCycleMinutes: null,
  });
});
