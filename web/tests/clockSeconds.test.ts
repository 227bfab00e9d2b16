import { expect, test } from "vitest";
import { clockSeconds } from "../src/pages/playback/clockSeconds";

test.each([
  ["1:02:03", 3723],
  ["2:03", 123],
  ["90", 90],
  [" 3,5 ", 3.5],
  ["00:00:00", 0],
])("%s is %d seconds", (text, seconds) => {
  expect(clockSeconds(text)).toBe(seconds);
});

test.each(["", "một phút", "1:2:3:4", "-1", "1:"])("%s is no time", (text) => {
  expect(clockSeconds(text)).toBeNull();
});
