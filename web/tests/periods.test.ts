import { describe, expect, it } from "vitest";
import { periodDays, todayInVietnam } from "../src/pages/papers/periods";

describe("periods", () => {
  it.each([
    ["month", "2026-11-30", "2026-11-01", "2026-11-30"],
    ["month", "2028-02-10", "2028-02-01", "2028-02-29"],
    ["lastMonth", "2026-01-15", "2025-12-01", "2025-12-31"],
    ["quarter", "2026-11-30", "2026-10-01", "2026-12-31"],
    ["quarter", "2026-01-01", "2026-01-01", "2026-03-31"],
    ["year", "2026-11-30", "2026-01-01", "2026-12-31"],
  ] as const)("%s of %s is %s to %s", (period, today, from, to) => {
    expect(periodDays(period, today)).toEqual({ from, to });
  });

  it("has Vietnam's day, not the browser's", () => {
    expect(todayInVietnam(new Date("2026-11-30T18:00:00Z"))).toBe("2026-12-01");
  });
});
