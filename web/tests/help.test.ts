import { expect, test } from "vitest";
import { type HelpContents, pageTarget, targetOf } from "../src/api/help";

const contents = {
  pages: {
    "/": "list",
    "/sessions/new": "new#a",
    "/sessions/:id": "console",
    "/sessions/:id/preflight": "check",
    "*": "first",
  },
} as unknown as HelpContents;

test.each([
  ["/", "list", ""],
  ["/sessions/new", "new", "a"],
  ["/sessions/s1", "console", ""],
  ["/sessions/s1/preflight", "check", ""],
  ["/nowhere", "first", ""],
])("the page %s has its chapter", (path, chapter, anchor) => {
  expect(pageTarget(contents, path)).toEqual({ chapter, anchor });
});

test("an address of the help names chapter and anchor", () => {
  expect(targetOf("/help/su-co-mat-tieng#tieng-vong")).toEqual({ chapter: "su-co-mat-tieng", anchor: "tieng-vong" });
  expect(targetOf("thu-ky")).toEqual({ chapter: "thu-ky", anchor: "" });
});
