import { expect, test } from "vitest";
import { arrange, columnsFor } from "../src/endpoint/arrange";
import { clock, timeLeft, waitingFor } from "../src/endpoint/clock";
import type { RosterEntry } from "../src/protocol/messages";

const entry = (id: string, role: RosterEntry["role"] = "delegate", state: RosterEntry["state"] = "connected") =>
  ({ id, name: id, role, state }) as RosterEntry;
const roster = [
  entry("me"),
  entry("c", "central"),
  entry("d1"),
  entry("d2"),
  entry("o", "observer"),
  entry("gone", "delegate", "left"),
];
const base = {
  layout: "one_plus" as const,
  me: "me",
  roster,
  screenOf: null,
  spotlight: null,
  speaker: null,
  pinned: null,
  watches: false,
};
const ids = (input: object) => arrange({ ...base, ...input }).mains.map((each) => `${each.kind}:${each.endpointId}`);

test.each([
  ["one large picture", {}, ["endpoint:c"]],
  ["none beside a document", { document: true, layout: "grid" }, []],
  ["all alike", { layout: "grid" }, ["own:me", "endpoint:c", "endpoint:d1", "endpoint:d2"]],
  [
    "all but an own one where there is none",
    { layout: "grid", watches: true },
    ["endpoint:c", "endpoint:d1", "endpoint:d2"],
  ],
  ["chair and speaker", { layout: "chair_speaker", spotlight: "d2", speaker: "d1" }, ["endpoint:c", "endpoint:d2"]],
  ["chair and myself when I have the floor", { layout: "chair_speaker", spotlight: "me" }, ["endpoint:c", "own:me"]],
  [
    "at the chair's, himself and the speaker",
    { layout: "chair_speaker", me: "c", speaker: "d1" },
    ["own:c", "endpoint:d1"],
  ],
  ["a document before chair and speaker", { layout: "chair_speaker", screenOf: "d1" }, ["screen:d1"]],
  ["the document", { layout: "document", screenOf: "d1" }, ["screen:d1"]],
  ["no document: as ever", { layout: "document" }, ["endpoint:c"]],
  ["what this room pinned", { layout: "grid", pinned: "d2" }, ["endpoint:d2"]],
])("the stage has %s", (_name, input, expected) => {
  expect(ids(input)).toEqual(expected);
});

test("nobody stands beside a grid or a document, others beside the main picture", () => {
  const side = (input: object) => arrange({ ...base, ...input }).side.map((each) => each.id);
  expect(side({ layout: "grid" })).toEqual([]);
  expect(side({ layout: "document", screenOf: "c" })).toEqual([]);
  expect(side({})).toEqual(["c", "d1", "d2"]);
});

test("columns of a grid", () => {
  expect([0, 1, 2, 4, 5, 9, 11].map(columnsFor)).toEqual([1, 1, 2, 2, 3, 3, 4]);
});

test.each([
  [245, "4:05"],
  [59.9, "0:59"],
  [0, "0:00"],
  [-30, "-0:30"],
])("%d s are told as %s", (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});

test.each([
  ["draft", null, "soon"],
  ["scheduled", "2026-11-30T08:00:00Z", "late"],
  ["scheduled", "2026-11-30T08:58:00Z", "soon"],
  ["live", "2026-11-30T08:00:00Z", "live"],
  ["paused", null, "paused"],
  ["interrupted", null, "interrupted"],
  ["ended", null, "over"],
  ["postponed", null, "over"],
])("who waits in %s from %s on is told: %s", (state, startsAt, expected) => {
  expect(waitingFor(state, startsAt, Date.parse("2026-11-30T09:00:00Z"))).toBe(expected);
});

test("the time left until a session begins", () => {
  const now = Date.parse("2026-11-30T07:00:00Z");
  expect(timeLeft("2026-11-30T07:04:05Z", now)).toEqual({ days: 0, hours: 0, minutes: 4, seconds: 5 });
  expect(timeLeft("2026-12-02T10:30:00Z", now)).toEqual({ days: 2, hours: 3, minutes: 30, seconds: 0 });
  expect(timeLeft("2026-11-30T07:00:00Z", now)).toBeNull();
});
