import { expect, test } from "vitest";
import english from "../src/i18n/en/demo.json";
import vietnamese from "../src/i18n/vi/demo.json";
import { doneSteps, STEPS } from "../src/pages/demo/guideSteps";

const event = (id: number, kind: string, facts: Record<string, unknown> = {}) => ({ id, kind, facts });

test("a step is done by what the operator did after the guide began", () => {
  const events = [event(3, "admit"), event(9, "call", { by: "Cán bộ" }), event(10, "layout")];
  expect([...doneSteps(events, 5)]).toEqual(["call", "layout"]);
});

test("what an endpoint did by itself ticks nothing", () => {
  expect([...doneSteps([event(9, "mute", { by: "endpoint", source: "microphone" })], 5)]).toEqual([]);
});

test("every step has its words in both languages, and no other", () => {
  const keys = STEPS.map((step) => step.key);
  expect(Object.keys(vietnamese.step)).toEqual(keys);
  expect(Object.keys(english.step)).toEqual(keys);
});
