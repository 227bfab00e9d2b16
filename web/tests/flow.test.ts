import { expect, test } from "vitest";
import { since, total } from "../src/endpoint/flow";

const report = (...entries: object[]) => new Map(entries.map((entry, index) => [String(index), entry]));
const encoding = (ssrc: number, cpu: number, bandwidth: number, none: number, active = true) => ({
  type: "outbound-rtp",
  kind: "video",
  ssrc,
  active,
  qualityLimitationDurations: { cpu, bandwidth, none, other: 0 },
});
const picture = (framesDecoded: number, framesDropped: number) => ({
  type: "inbound-rtp",
  kind: "video",
  framesDecoded,
  framesDropped,
});
const voice = (ssrc: number, packetsReceived: number, totalSamplesReceived: number, concealedSamples: number) => ({
  type: "inbound-rtp",
  kind: "audio",
  ssrc,
  packetsReceived,
  totalSamplesReceived,
  concealedSamples,
  silentConcealedSamples: 0,
  jitter: ssrc / 1000,
});
const camera = (frames: number) => ({ type: "media-source", kind: "video", trackIdentifier: "camera", frames });

test("what the camera's worst encoding was held back by, since the last reading", () => {
  const before = total(report(encoding(1, 10, 0, 90), encoding(2, 0, 5, 95)), "camera", 0);
  const now = total(report(encoding(1, 11.5, 0, 90.5), encoding(2, 0, 5, 97)), "camera", 2000);
  expect(since(before, now)).toMatchObject({ limited_cpu: 0.75, limited_bandwidth: 0 });
});

test("an encoding that is switched off limits nothing", () => {
  const before = total(report(encoding(1, 0, 0, 10)), "camera", 0);
  const now = total(report(encoding(1, 0, 2, 10, false)), "camera", 2000);
  expect(since(before, now)).toMatchObject({ limited_bandwidth: 0 });
});

test("pictures that came and were not shown", () => {
  const before = total(report(picture(100, 10), picture(50, 0)), "camera", 0);
  const now = total(report(picture(130, 20), picture(90, 20)), "camera", 2000);
  expect(since(before, now)).toMatchObject({ decode_dropped: 0.3 });
});

test("gaps in what is heard, and the jitter of the calmest voice that comes", () => {
  const before = total(report(voice(12, 100, 1000, 5), voice(30, 100, 1000, 5), voice(3, 100, 0, 0)), "camera", 0);
  const now = total(report(voice(12, 200, 2000, 205), voice(30, 200, 2000, 5), voice(3, 100, 0, 0)), "camera", 2000);
  expect(since(before, now)).toMatchObject({ voice_gaps: 0.1, jitter_ms: 12 });
});

test("pictures a second of the camera that is sent, and no other", () => {
  const before = total(report(camera(100), { ...camera(0), trackIdentifier: "screen" }), "camera", 0);
  const now = total(report(camera(150), { ...camera(9), trackIdentifier: "screen" }), "camera", 2000);
  expect(since(before, now).capture_fps).toBe(25);
  expect(since(before, total(report(), "", 2000)).capture_fps).toBeNull();
});

test("counters that began anew give no shares beyond 0 to 1", () => {
  const before = total(
    report(encoding(1, 50, 50, 50), picture(500, 400), voice(1, 900, 9000, 100), camera(999)),
    "camera",
    0,
  );
  const now = total(report(encoding(1, 1, 0, 1), picture(5, 0), voice(1, 9, 90, 0), camera(3)), "camera", 2000);
  for (const value of Object.values(since(before, now))) expect(value).toBe(0);
});
