import { expect, test } from "vitest";
import type { EndpointFigures, Phase, Simulation } from "../src/api/simulation";
import { findings, levelParts, measuredDifference, mostTroubled, troubleOf, verdict } from "../src/pages/simulateWords";

const endpoint = (name: string, part: Partial<EndpointFigures> = {}) =>
  ({ name, voice_loss: 0, stage_height: 720, pictures: 3, queue_p95_ms: 10, ...part }) as EndpointFigures;
const phase = (endpoints: EndpointFigures[], from_s = 0, to_s = 40) => ({ from_s, to_s, endpoints }) as Phase;
const simulation = (phases: Phase[], part: Partial<Simulation> = {}) =>
  ({
    case: { delegates: 3, seconds: 40 },
    phases,
    curves: (phases[0]?.endpoints ?? []).map(({ name }) => ({ name, line_down_bps: [5e6, 5e6] })),
    fits: { complete: 1 },
    measured: null,
    ...part,
  }) as unknown as Simulation;
const fine = ["central", "delegate-1", "delegate-2", "delegate-3"].map((name) => endpoint(name));

test.each([
  ["nothing", {}, null],
  ["lost voices before everything else", { voice_loss: 0.05, stage_height: 0, pictures: 0 }, ["voice", 0.05]],
  ["no picture at all", { stage_height: 0, pictures: 0 }, ["noPicture", 0]],
  ["missing pictures", { pictures: 1 }, ["missing", 2]],
  ["a long queue", { queue_p95_ms: 400 }, ["late", 400]],
])("an endpoint's trouble is %s", (_name, part, trouble) => {
  expect(troubleOf(endpoint("delegate-1", part), 3)).toEqual(trouble);
});

test("endpoints with the same trouble in a phase are named together, with the worst of them", () => {
  const bad = [endpoint("central"), endpoint("delegate-1", { pictures: 2 }), endpoint("delegate-2", { pictures: 1 })];
  const result = simulation([phase(fine, 0, 20), phase(bad, 20, 40)]);
  const names = ["delegate-1", "delegate-2"];
  expect(findings(result)).toEqual([{ trouble: "missing", names, fromS: 20, toS: 40, worst: 2 }]);
});

test("the lines suffice only where everybody has everything nearly all the time", () => {
  expect(verdict(simulation([phase(fine)]))).toBe("enough");
  expect(verdict(simulation([phase(fine)], { fits: { complete: 0.6 } } as Partial<Simulation>))).toBe("nearly");
  expect(verdict(simulation([phase([...fine, endpoint("delegate-4", { stage_height: 0 })])]))).toBe("notEnough");
});

test("curves begin with a line that changes, else with who is in trouble, else with the first delegate", () => {
  expect(mostTroubled(simulation([phase(fine)]))).toBe("delegate-1");
  const troubled = [...fine.slice(0, 3), endpoint("delegate-3", { pictures: 0 })];
  expect(mostTroubled(simulation([phase(troubled)]))).toBe("delegate-3");
  const changing = simulation([phase(troubled)]);
  changing.curves[2] = { ...changing.curves[2], line_down_bps: [5e6, 1e6] } as Simulation["curves"][number];
  expect(mostTroubled(changing)).toBe("delegate-2");
});

test("a level says its height, and its share of the frames where that is not all", () => {
  expect(levelParts({ height: 0, motion: 0 })).toBeNull();
  expect(levelParts({ height: 720, motion: 1 })).toEqual({ height: 720, share: "" });
  expect(levelParts({ height: 180, motion: 0.25 })).toEqual({ height: 180, share: "1/4" });
});

test("the measured difference is a share of what was measured", () => {
  const differences = [{ name: "gets_bps", measured: 2e6, simulated: 2.1e6 }];
  const measured = { differences } as unknown as Simulation["measured"];
  expect(measuredDifference(simulation([phase(fine)], { measured }))).toBeCloseTo(0.05);
  expect(measuredDifference(simulation([phase(fine)]))).toBeNull();
});
