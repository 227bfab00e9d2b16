import { expect, test } from "vitest";
import { chooseStage } from "../src/endpoint/stage";
import type { RosterEntry } from "../src/protocol/messages";

const entry = (id: string, role: RosterEntry["role"] = "delegate", state: RosterEntry["state"] = "connected") =>
  ({ id, name: id, role, state }) as RosterEntry;
const roster = [entry("me"), entry("c", "central"), entry("d1"), entry("d2"), entry("gone", "delegate", "left")];
const base = { me: "me", roster, screenOf: null, spotlight: null, speaker: null, pinned: null };

test.each([
  ["the centre when nobody speaks", {}, "endpoint", "c"],
  ["who speaks", { speaker: "d1" }, "endpoint", "d1"],
  ["not myself when I speak", { speaker: "me" }, "endpoint", "c"],
  ["the operator's spotlight before who speaks", { speaker: "d1", spotlight: "d2" }, "endpoint", "d2"],
  ["a shared screen before all", { speaker: "d1", spotlight: "d2", screenOf: "d1" }, "screen", "d1"],
  ["what this room pinned before a screen", { screenOf: "d1", pinned: "d2" }, "endpoint", "d2"],
  ["nobody who left", { speaker: "gone" }, "endpoint", "c"],
])("the stage shows %s", (_name, input, kind, endpointId) => {
  expect(chooseStage({ ...base, ...input })).toEqual({ kind, endpointId });
});

test("an empty room has an empty stage", () => {
  expect(chooseStage({ ...base, roster: [entry("me")] })).toEqual({ kind: "nobody", endpointId: null });
});
