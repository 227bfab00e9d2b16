import { expect, test } from "vitest";
import { joined } from "../src/api/console";

const rows = (...times: number[]) => ({ times, columns: { a: times.map((at) => at * 10) } });

test("new rows follow those there were, none twice", () => {
  const found = joined(rows(1, 2), rows(2, 3, 4));
  expect(found.times).toEqual([1, 2, 3, 4]);
  expect(found.columns["a"]).toEqual([10, 20, 30, 40]);
});

test("nothing new changes nothing", () => {
  const before = rows(1, 2);
  expect(joined(before, rows())).toBe(before);
  expect(joined(before, rows(2))).toBe(before);
  expect(joined(undefined, rows())).toEqual({ times: [], columns: { a: [] } });
});

test("only the last ten minutes are kept", () => {
  const found = joined(rows(0, 1, 599), rows(600, 601));
  expect(found.times).toEqual([599, 600, 601].filter((at) => at > 1));
  expect(found.columns["a"]).toHaveLength(3);
});
