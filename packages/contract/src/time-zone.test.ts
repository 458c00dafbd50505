import { expect, test } from "vitest";
import { localHour, TimeZone } from "./time-zone.ts";

test.each(["UTC", "Europe/Kyiv", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Asia/Kolkata"])(
  "%s is a time zone",
  (name) => expect(TimeZone.safeParse(name).success).toBe(true),
);

test.each(["", "+02:00", "-05", "Europe/Nowhere", "Europe/Kyiv ", "'; DROP", "a".repeat(65)])("«%s» is none", (name) =>
  expect(TimeZone.safeParse(name).success).toBe(false),
);

test.each([
  ["2026-05-03T23:59:59Z", "UTC", { day: "2026-05-03", hour: 23 }],
  ["2026-05-04T00:00:00Z", "UTC", { day: "2026-05-04", hour: 0 }],
  ["2026-05-03T21:00:00Z", "Europe/Kyiv", { day: "2026-05-04", hour: 0 }],
  ["2026-05-03T18:29:00Z", "Asia/Kolkata", { day: "2026-05-03", hour: 23 }],
  ["2026-05-03T18:30:00Z", "Asia/Kolkata", { day: "2026-05-04", hour: 0 }],
  // in New York both are one o'clock, on the day on which summer time ends
  ["2026-11-01T05:30:00Z", "America/New_York", { day: "2026-11-01", hour: 1 }],
  ["2026-11-01T06:30:00Z", "America/New_York", { day: "2026-11-01", hour: 1 }],
])("%s in %s", (at, zone, expected) => expect(localHour(new Date(at), zone)).toEqual(expected));
