import { expect, test } from "vitest";
import { browserName } from "../src/pages/people/Account";
import { NO_FILTER, query, toUtc } from "../src/pages/people/auditFilter";

test("times of Việt Nam go to the server in UTC", () => {
  expect(toUtc("2026-11-30T15:00")).toBe("2026-11-30T08:00:00.000Z");
  expect(toUtc("2026-11-30T06:59:30")).toBe("2026-11-29T23:59:30.000Z");
  expect(toUtc("")).toBe("");
  expect(toUtc("nonsense")).toBe("");
});

test("a query has what is given and no more", () => {
  expect(query(NO_FILTER)).toBe("");
  const asked = new URLSearchParams(query({ ...NO_FILTER, actor: "Bình", since: "2026-11-30T07:00" }, 12));
  expect([...asked]).toEqual([
    ["since", "2026-11-30T00:00:00.000Z"],
    ["actor", "Bình"],
    ["before", "12"],
  ]);
});

test.each([
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
    "Chrome 142, Windows",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    "Edge 142, Windows",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0", "Firefox 146, Linux"],
  ["Python-urllib/3.11", "Python-urllib/3.11"],
  ["", "–"],
])("a browser is named: %s", (agent, name) => {
  expect(browserName(agent)).toBe(name);
});
