import { expect, test } from "vitest";
import type { Trouble } from "../src/api/console";
import { tell } from "../src/ui/troubles";

const trouble = (endpoint_id: string | null, cause: Trouble["cause"], symptom: string, more = {}): Trouble => ({
  endpoint_id,
  cause,
  symptom,
  remedy: "use_cable",
  confidence: 0.9,
  since: 0,
  numbers: { troubled: 1, measured: 6, loss_down: 0.0625, carried_bps: 690_000, delay_ms: 612.7 },
  ...more,
});
const nameOf = (id: string) => id.toUpperCase();

test("one endpoint's own line is one sentence with its numbers", () => {
  const [told] = tell([trouble("a", "endpoint_line", "loss_down")], nameOf);
  expect(told).toMatchObject({ names: ["A"], sentence: "endpoint_line.loss_down", sureness: "sure" });
  expect(told?.values).toMatchObject({ name: "A", loss_down: "6,3 %", carried_bps: "0,69", fine: 5, others: 5 });
});

test("two endpoints' own lines are two sentences", () => {
  const two = [trouble("a", "endpoint_line", "loss_down"), trouble("b", "endpoint_line", "loss_down")];
  expect(tell(two, nameOf).map((each) => each.names)).toEqual([["A"], ["B"]]);
});

test("what all feel of the centre's line is one sentence that names them", () => {
  const all = ["a", "b", "c"].map((id) => trouble(id, "site_line", id === "b" ? "delay" : "slow_down"));
  const told = tell([...all, trouble("c", "device", "encoder")], nameOf);
  expect(told.map((each) => each.sentence)).toEqual(["site_line.slow_down", "device.encoder"]);
  expect(told[0]?.values["name"]).toBe("A, B, C");
});

test("each way of the centre's line has its sentence", () => {
  const both = [trouble("a", "site_line", "slow_down"), trouble("a", "site_line", "loss_up")];
  expect(tell(both, nameOf).map((each) => each.sentence)).toEqual(["site_line.slow_down", "site_line.up"]);
});

test("the server's own trouble speaks for all who suffer from it", () => {
  const stalled = trouble(null, "server", "stalled");
  const told = tell([trouble("a", "server", "loss_up"), stalled, trouble("b", "server", "delay")], nameOf);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ sentence: "server.stalled", names: ["A", "B"] });
  expect(told[0]?.values).toMatchObject({ delay_ms: 613 });
  expect(tell([trouble("a", "server", "loss_up")], nameOf)[0]?.sentence).toBe("server.of_endpoint");
});

test("who goes without pictures for the centre's line is told one by one", () => {
  const full = ["a", "b"].map((id) => trouble(id, "site_line", "full", { numbers: { pictures: 2 } }));
  expect(tell(full, nameOf)).toHaveLength(2);
});

test("how sure it is, in a word", () => {
  const word = (confidence: number) => tell([trouble("a", "device", "decoder", { confidence })], nameOf)[0]?.sureness;
  expect([0.95, 0.7, 0.5].map(word)).toEqual(["sure", "likely", "maybe"]);
});
