// Plays a rising tone and listens for it: from the speaker to the microphone, and whether it would return to the others.
import { openRaw } from "./sound";
import { pause, type Values } from "./types";

const CHIRP_S = 0.5;
const FROM_HZ = 700;
const TO_HZ = 3200;
const CHIRPS = 3;
const EVERY_S = 0.9;
const VOLUME = 0.35;
const SPAN_MS = 160; // a span is 0.68 s long at 48 kHz
export const HEARD = 0.35; // of a perfect match, where noise alone stays under about 0.1

/** A rising tone, faded in and out. */
export function chirp(rate: number): Float32Array {
  const length = Math.round(CHIRP_S * rate);
  const slope = (TO_HZ - FROM_HZ) / CHIRP_S;
  return Float32Array.from({ length }, (_, at) => {
    const time = at / rate;
    const fade = Math.min(1, time / 0.02, (CHIRP_S - time) / 0.02);
    return fade * Math.sin(2 * Math.PI * (FROM_HZ * time + (slope * time * time) / 2));
  });
}

/** How well `wanted` is found in `heard`, 0 to 1: the best normalised correlation over all shifts, of either phase. */
export function bestMatch(heard: Float32Array, wanted: Float32Array): number {
  const size = 2 ** Math.ceil(Math.log2(heard.length + wanted.length));
  const a = spectrum(heard, size);
  const b = spectrum(wanted, size);
  // The analytic correlation: one-sided spectrum, so that its size does not depend on the phase of the echo.
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let at = 0; at < size / 2; at += 1) {
    const [ar, ai, br, bi] = [a.re[at] ?? 0, a.im[at] ?? 0, b.re[at] ?? 0, -(b.im[at] ?? 0)];
    re[at] = 2 * (ar * br - ai * bi);
    im[at] = 2 * (ar * bi + ai * br);
  }
  transform(re, im, true);
  const energies = running(heard, wanted.length);
  const own = Math.sqrt(wanted.reduce((sum, each) => sum + each * each, 0));
  let best = 0;
  for (let shift = 0; shift + wanted.length <= heard.length; shift += 1) {
    const energy = Math.sqrt(energies[shift] ?? 0);
    if (energy < 1e-3) continue;
    best = Math.max(best, Math.hypot(re[shift] ?? 0, im[shift] ?? 0) / size / (energy * own));
  }
  return Math.min(1, best);
}

function running(samples: Float32Array, window: number): Float64Array {
  const sums = new Float64Array(Math.max(0, samples.length - window + 1));
  let sum = 0;
  for (let at = 0; at < samples.length; at += 1) {
    sum += (samples[at] ?? 0) ** 2;
    if (at >= window) sum -= (samples[at - window] ?? 0) ** 2;
    if (at >= window - 1) sums[at - window + 1] = Math.max(0, sum);
  }
  return sums;
}

function spectrum(samples: Float32Array, size: number): { re: Float64Array; im: Float64Array } {
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  re.set(samples);
  transform(re, im, false);
  return { re, im };
}

/** The fast Fourier transform in place (radix 2); the inverse is not divided by the length. */
function transform(re: Float64Array, im: Float64Array, inverse: boolean): void {
  const size = re.length;
  for (let at = 1, to = 0; at < size; at += 1) {
    let bit = size >> 1;
    for (; to & bit; bit >>= 1) to ^= bit;
    to ^= bit;
    if (at < to) {
      [re[at], re[to]] = [re[to] as number, re[at] as number];
      [im[at], im[to]] = [im[to] as number, im[at] as number];
    }
  }
  for (let length = 2; length <= size; length *= 2) {
    const angle = ((inverse ? 2 : -2) * Math.PI) / length;
    for (let part = 0; part < length / 2; part += 1) {
      const [cos, sin] = [Math.cos(angle * part), Math.sin(angle * part)];
      for (let at = part; at < size; at += length) {
        const other = at + length / 2;
        const [or, oi] = [re[other] as number, im[other] as number];
        const [tr, ti] = [or * cos - oi * sin, or * sin + oi * cos];
        re[other] = (re[at] as number) - tr;
        im[other] = (im[at] as number) - ti;
        re[at] = (re[at] as number) + tr;
        im[at] = (im[at] as number) + ti;
      }
    }
  }
}

/** heard: by the bare microphone, and cancelled for the others; echo: also after the browser's clean-up. */
export async function measureLoop(track: MediaStreamTrack, speaker: string): Promise<Values> {
  const raw = await openRaw(track);
  const context = new AudioContext();
  try {
    await context.resume();
    if (speaker && "setSinkId" in context) {
      await (context as AudioContext & { setSinkId(id: string): Promise<void> })
        .setSinkId(speaker)
        .catch(() => undefined);
    }
    const tone = chirp(context.sampleRate);
    const bare = record(context, raw);
    const cleaned = record(context, track);
    await pause(300);
    for (let count = 0; count < CHIRPS; count += 1) {
      play(context, tone);
      await pause(1000 * EVERY_S);
    }
    const [heard, returned] = [loudestMatch(bare.stop(), tone), loudestMatch(cleaned.stop(), tone)];
    const loop = heard < HEARD ? "not_heard" : returned < HEARD ? "heard" : "echo";
    return { "audio.loop": loop };
  } finally {
    raw.stop();
    await context.close();
  }
}

function play(context: AudioContext, tone: Float32Array): void {
  const buffer = context.createBuffer(1, tone.length, context.sampleRate);
  buffer.getChannelData(0).set(tone.map((each) => VOLUME * each));
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  source.start();
}

/** Overlapping spans of a track, until stopped: every tone lies whole in one of them. */
function record(context: AudioContext, track: MediaStreamTrack): { stop: () => Float32Array[] } {
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 32768;
  source.connect(analyser);
  const spans: Float32Array[] = [];
  const take = () => {
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    spans.push(samples);
  };
  const timer = setInterval(take, SPAN_MS);
  return {
    stop: () => {
      clearInterval(timer);
      take();
      source.disconnect();
      return spans;
    },
  };
}

function loudestMatch(spans: Float32Array[], tone: Float32Array): number {
  return Math.max(0, ...spans.map((span) => bestMatch(span, tone)));
}
