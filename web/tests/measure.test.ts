import { expect, test } from "vitest";
import { browserOf } from "../src/endpoint/measure/computer";
import { limitedByComputer, type Sent, startingAt } from "../src/endpoint/measure/line";
import { bestMatch, chirp, HEARD } from "../src/endpoint/measure/loop";
import { difference, judgePictures, lookAt } from "../src/endpoint/measure/picture";
import { judgeSound } from "../src/endpoint/measure/sound";

const SIZE = 64 * 36;

function picture(luma: (at: number) => number) {
  const rgba = new Uint8ClampedArray(4 * SIZE);
  for (let at = 0; at < SIZE; at += 1) rgba.fill(luma(at), 4 * at, 4 * at + 3);
  return lookAt(rgba);
}

// A small generator, so that the same numbers come each time.
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

test("brightness and contrast of a picture", () => {
  const flat = picture(() => 120);
  expect(flat.luma).toBeCloseTo(120, 3);
  expect(flat.contrast).toBeCloseTo(0, 3);
  const halves = picture((at) => (at % 2 ? 200 : 100));
  expect(halves.luma).toBeCloseTo(150, 3);
  expect(halves.contrast).toBeCloseTo(50, 3);
  expect(difference(flat.pixels, halves.pixels)).toBeCloseTo(50, 3);
});

test.each([
  ["a camera", (shot: number, at: number) => 110 + ((at * 7 + shot * 13) % 31), 0, 0],
  ["a frozen one", (_: number, at: number) => 110 + ((at * 7) % 31), 0, 100],
  ["a covered one", (shot: number, at: number) => 8 + ((at + shot) % 3), 100, 0],
  ["one that is off", () => 0, 100, 100],
])("%s", (_, luma, black, frozen) => {
  const looks = Array.from({ length: 10 }, (_, shot) => picture((at) => luma(shot, at)));
  const values = judgePictures(looks);
  expect(values["camera.black_percent"]).toBe(black);
  expect(values["camera.frozen_percent"]).toBe(frozen);
});

test.each([
  ["a voice with pauses", 0.25, 0.0005, 1, -12, 0, -63],
  ["silence", 0, 0, 1, -100, 0, -100],
  ["a voice that is cut off", 0.5, 0.0005, 4, 0, 16.5, -51],
])("%s", (_, loud, quiet, gain, peak, clipped, noise) => {
  const next = random(7);
  const blocks = Array.from({ length: 60 }, (_, block) =>
    Float32Array.from({ length: 2048 }, (_, at) => {
      const speaks = Math.floor(block / 10) % 2 === 0;
      const tone = speaks ? loud * Math.sin((2 * Math.PI * 440 * at) / 48000) : 0;
      return Math.max(-1, Math.min(1, gain * (tone + quiet * 4 * (next() - 0.5))));
    }),
  );
  const values = judgeSound(blocks);
  expect(Math.abs(Number(values["audio.peak_dbfs"]) - peak)).toBeLessThan(1);
  expect(Math.abs(Number(values["audio.clipping_percent"]) - clipped)).toBeLessThan(clipped ? 20 : 0.001);
  expect(Number(values["audio.clipping_percent"]) > 0.5).toBe(clipped > 0);
  expect(Math.abs(Number(values["audio.noise_dbfs"]) - noise)).toBeLessThan(4);
});

test.each([
  ["the tone in noise, turned over", 0.1, 0.1, true],
  ["the tone, faint", 0.02, 0.01, true],
  ["noise alone", 0, 0.2, false],
  ["nothing", 0, 0, false],
])("%s", (_, tone, noise, heard) => {
  const rate = 16000;
  const wanted = chirp(rate);
  const next = random(3);
  const samples = Float32Array.from({ length: rate }, () => noise * (next() - 0.5));
  wanted.forEach((each, at) => {
    samples[at + 3000] = (samples[at + 3000] ?? 0) - tone * each;
  });
  expect(bestMatch(samples, wanted) > HEARD).toBe(heard);
});

test("a voice is not taken for the tone", () => {
  const rate = 16000;
  const voice = Float32Array.from({ length: rate }, (_, at) =>
    [220, 440, 660, 880, 1760].reduce((sum, hz) => sum + 0.1 * Math.sin((2 * Math.PI * hz * at) / rate), 0),
  );
  expect(bestMatch(voice, chirp(rate))).toBeLessThan(HEARD);
});

test("the sender is asked to begin at the line's rate", () => {
  const sdp = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\n";
  expect(startingAt(sdp, 5_000_000)).toContain("SAVPF 96 97\r\na=fmtp:96 x-google-start-bitrate=5000\r\na=mid:1");
  expect(startingAt(sdp, 0)).toBe(sdp);
});

test.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    "chromium",
    156,
  ],
  ["Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/155.0.0.0 Safari/537.36 Edg/155.0.0.0", "chromium", 155],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", "firefox", 153],
  ["Something else", "other", 0],
])("a browser by its text: %s", (agent, family, version) => {
  expect(browserOf(agent)).toMatchObject({ family, version });
});

test("a slow way up is the computer's fault where the encoder or the browser says so", () => {
  const before: Sent = { at: 0, bytes: 0, cpu: 0, all: 0, available: null };
  const after = (mbps: number, cpu: number, available: number | null): Sent => ({
    at: 8000,
    bytes: mbps * 1e6,
    cpu,
    all: 8,
    available,
  });
  expect(limitedByComputer(before, after(4.6, 8, 9e6), 5e6)).toBe(false);
  expect(limitedByComputer(before, after(1, 0, 1.1e6), 5e6)).toBe(false);
  expect(limitedByComputer(before, after(1, 4, null), 5e6)).toBe(true);
  expect(limitedByComputer(before, after(1, 0, 4e6), 5e6)).toBe(true);
});
