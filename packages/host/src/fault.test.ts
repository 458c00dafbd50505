import { expect, test } from "vitest";
import { refusal } from "./fault.ts";

test("everything is said at once, of each variable what was said first", () => {
  const faults = [
    { about: "SESSION_KEY", message: "is missing" },
    { about: "/srv/.env", message: "can be read by others" },
    { about: "SESSION_KEY", message: "is too short" },
  ];
  expect(refusal("The engine", faults).message).toBe(
    "The engine did not start, and nothing was changed. Mend this:\n  SESSION_KEY is missing\n  /srv/.env can be read by others",
  );
});
