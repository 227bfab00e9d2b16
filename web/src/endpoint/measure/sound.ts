// A microphone as it is, without the browser's clean-up: how loud, how clean, how quiet in between.
import "webrtc-adapter";
import { pause, round, type Values } from "./types";

const SECONDS = 5;
const FULL = 0.985; // of full scale: a sample that high was cut off
const FLOOR_DBFS = -100;

export const dbfs = (amplitude: number): number => Math.max(FLOOR_DBFS, 20 * Math.log10(amplitude + 1e-12));

/** What blocks of samples say: peak, share of clipped samples, and the level that a tenth of the blocks stay under. */
export function judgeSound(blocks: Float32Array[]): Values {
  let peak = 0;
  let clipped = 0;
  let count = 0;
  const levels: number[] = [];
  for (const block of blocks) {
    let power = 0;
    for (const sample of block) {
      const size = Math.abs(sample);
      peak = Math.max(peak, size);
      if (size >= FULL) clipped += 1;
      power += sample * sample;
    }
    count += block.length;
    levels.push(dbfs(Math.sqrt(power / Math.max(1, block.length))));
  }
  levels.sort((a, b) => a - b);
  return {
    "audio.peak_dbfs": round(dbfs(peak), 1),
    "audio.clipping_percent": round((100 * clipped) / Math.max(1, count), 3),
    "audio.noise_dbfs": round(levels[Math.floor(levels.length / 10)] ?? FLOOR_DBFS, 1),
  };
}

/** The microphone that `track` is of, opened once more without echo cancellation, noise suppression and gain control. */
export async function openRaw(track: MediaStreamTrack): Promise<MediaStreamTrack> {
  const { deviceId } = track.getSettings();
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  try {
    const audio = { ...(deviceId ? { deviceId: { exact: deviceId } } : {}), ...plain };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    return stream.getAudioTracks()[0] ?? track.clone();
  } catch {
    return track.clone();
  }
}

/** Samples of a track, block by block, for so many seconds. Blocks do not overlap; some may be missing. */
export async function listen(track: MediaStreamTrack, seconds: number, context: AudioContext): Promise<Float32Array[]> {
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const block = (1000 * analyser.fftSize) / context.sampleRate;
  const blocks: Float32Array[] = [];
  const end = performance.now() + 1000 * seconds;
  await pause(block);
  while (performance.now() < end) {
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    blocks.push(samples);
    await pause(block);
  }
  source.disconnect();
  return blocks;
}

/** Somebody speaks while this listens. */
export async function measureSound(track: MediaStreamTrack): Promise<Values> {
  const raw = await openRaw(track);
  const context = new AudioContext();
  try {
    await context.resume();
    await pause(400); // devices click when they open
    return judgeSound(await listen(raw, SECONDS, context));
  } finally {
    raw.stop();
    await context.close();
  }
}
