import { expect, test } from "vitest";
import type { SessionView } from "../src/api/types";
import {
  createBody,
  type Draft,
  EMPTY_PLAN,
  emptySeat,
  fromField,
  isDeputy,
  readPeople,
  recommendedOperators,
  scriptBody,
  seatChanges,
  toField,
  writePeople,
} from "../src/pages/sessions/draft";
import { placeOf } from "../src/pages/sessions/Prepare";
import { startable } from "../src/pages/sessions/SessionActions";

const seat = (name: string, id: string | null = null) => ({ ...emptySeat(), name, id });
const draft = (values: Partial<Draft> = {}): Draft => ({
  title: "Tiếp dân",
  kind: "dinh_ky",
  profile: "30-5",
  start: "",
  minutes: 60,
  central: seat("Tỉnh"),
  delegates: [seat("Xã A"), seat("  ")],
  observers: [],
  plan: EMPTY_PLAN,
  script: [],
  ...values,
});

test("people are read a line each, with the office after the first comma", () => {
  const people = readPeople(" Phạm D, Chánh Thanh tra, Thanh tra tỉnh \n\nBùi G\n, \n");
  expect(people).toEqual([
    { name: "Phạm D", office: "Chánh Thanh tra, Thanh tra tỉnh" },
    { name: "Bùi G", office: "" },
  ]);
  expect(readPeople(writePeople(people))).toEqual(people);
});

test("a moment is shown and read by Vietnam's clock", () => {
  expect(toField("2026-11-30T20:05:00Z")).toBe("2026-12-01T03:05");
  expect(new Date(fromField("2026-12-01T03:05") ?? "").toISOString()).toBe("2026-11-30T20:05:00.000Z");
  expect([toField(null), fromField("")]).toEqual(["", null]);
});

test.each([
  ["Phó Chủ tịch", true],
  ["Q. Phó Trưởng ban", true],
  ["Chủ tịch", false],
  ["Trưởng ban Phóng sự", false],
])("%s: a deputy's office: %s", (office, deputy) => {
  expect(isDeputy(office)).toBe(deputy);
});

test("empty rows are not sent, and an operator is recommended for each five endpoints", () => {
  expect(createBody(draft()).delegates.map((each) => each.name)).toEqual(["Xã A"]);
  expect(scriptBody([{ key: "k", id: "", title: " ", speaker: "", minutes: 0, layout: "", documents: [] }])).toEqual(
    [],
  );
  expect([1, 5, 6, 11].map(recommendedOperators)).toEqual([1, 1, 2, 3]);
});

test("of a changed session only what differs is invited, removed and named anew", () => {
  const before = {
    endpoints: [
      { id: "c", name: "Tỉnh", role: "central", people: [] },
      { id: "a", name: "Xã A", role: "delegate", people: [{ name: "An", office: "" }] },
      { id: "b", name: "Xã B", role: "delegate", people: [] },
    ],
  } as unknown as SessionView;
  const changed = draft({
    central: seat("Tỉnh", "c"),
    delegates: [{ ...seat("Xã A", "a"), people: "An\nBình" }, seat("Xã C")],
    observers: [seat("Thanh tra")],
  });
  const found = seatChanges(before, changed);
  expect(found.invite.map(({ seat: each, role }) => [each.name, role])).toEqual([
    ["Xã C", "delegate"],
    ["Thanh tra", "observer"],
  ]);
  expect(found.remove).toEqual(["b"]);
  expect(found.people.map((each) => each.id)).toEqual(["a"]);
});

test("what is missing has a place where it is put right", () => {
  const session = { id: "s", profile: "30-5", endpoints: [{ role: "delegate" }] } as unknown as SessionView;
  expect(placeOf("plan.chair_name", session).to).toBe("/sessions/s/edit?step=matter&field=plan.chair_name");
  expect(placeOf("endpoints", session).to).toBe("/sessions/s/edit?step=endpoints");
  expect(placeOf("planner", session).to).toBe("/simulate?profile=30-5&delegates=1");
  expect(placeOf("recorder", session).to).toBe("#recorder");
});

test.each([
  ["rehearsal", "draft", true],
  ["dinh_ky", "draft", false],
  ["dinh_ky", "technical_check", false],
  ["dinh_ky", "ready", true],
  ["dot_xuat", "technical_check", true],
  ["rehearsal", "live", false],
] as const)("a session of kind %s in state %s can be started: %s", (kind, state, can) => {
  expect(startable({ kind, state })).toBe(can);
});
