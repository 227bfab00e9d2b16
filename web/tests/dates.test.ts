import { describe, expect, it } from "vitest";
import { read, shown } from "../src/ui/dates";

describe("days as they are written here", () => {
  it.each([
    ["30/11/2026", false, "2026-11-30"],
    ["1/2/2026", false, "2026-02-01"],
    ["30.11.2026", false, "2026-11-30"],
    ["2999-12-31", false, "2999-12-31"],
    [" ", false, ""],
    ["31/02/2026", false, null],
    ["11/30/2026", false, null],
    ["30/11/2026 14:00", false, null],
    ["30/11/2026 14:00", true, "2026-11-30T14:00"],
    ["14:30, 30/11/2026", true, "2026-11-30T14:30"],
    ["30/11/2026 8h", true, "2026-11-30T08:00"],
    ["30/11/2026 8h15", true, "2026-11-30T08:15"],
    ["2026-11-30T14:00", true, "2026-11-30T14:00"],
    ["30/11/2026", true, null],
    ["30/11/2026 24:00", true, null],
    ["mai", true, null],
  ])("reads %j (time: %j) as %j", (text, withTime, value) => {
    expect(read(text, withTime)).toBe(value);
  });

  it("shows what a form keeps", () => {
    expect(shown("2026-11-30")).toBe("30/11/2026");
    expect(shown("2026-11-30T14:05")).toBe("30/11/2026 14:05");
    expect(shown("")).toBe("");
  });
});
