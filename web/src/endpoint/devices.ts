// Cameras, microphones and speakers, and the choice that is remembered on this computer.
import "webrtc-adapter";

export interface Choice {
  camera: string;
  microphone: string;
  speaker: string;
  /** The second camera; none unless the technician chose one. */
  camera2?: string;
}

const KEY = "diemcau.devices";

export function loadChoice(): Choice {
  try {
    return { camera: "", microphone: "", speaker: "", ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return { camera: "", microphone: "", speaker: "" };
  }
}

export function saveChoice(choice: Choice): void {
  localStorage.setItem(KEY, JSON.stringify(choice));
}

export type Failure = "denied" | "missing" | null;

export interface Opened {
  camera: MediaStreamTrack | null;
  microphone: MediaStreamTrack | null;
  failure: Failure;
}

/** Opens what there is: both, else one of them. What fails says why. */
export async function openDevices(choice: Choice): Promise<Opened> {
  const camera = await openOne("video", choice.camera);
  const microphone = await openOne("audio", choice.microphone);
  const failures = [camera.failure, microphone.failure];
  const failure = failures.includes("denied") ? "denied" : failures.includes("missing") ? "missing" : null;
  return { camera: camera.track, microphone: microphone.track, failure };
}

async function openOne(
  kind: "audio" | "video",
  id: string,
): Promise<{ track: MediaStreamTrack | null; failure: Failure }> {
  const device = id ? { deviceId: { ideal: id } } : {};
  const constraints: MediaStreamConstraints =
    kind === "video"
      ? { video: { ...device, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 } } }
      : { audio: { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true } };
  try {
    const stream = await navigator.mediaDevices.getUserMedia(constraints);
    const track = stream.getTracks()[0] ?? null;
    if (track && kind === "video") track.contentHint = "motion";
    return { track, failure: null };
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    return { track: null, failure: name === "NotAllowedError" || name === "SecurityError" ? "denied" : "missing" };
  }
}

/** The second camera that was chosen on this computer, if it is there. */
export async function openSecondCamera(id: string | undefined): Promise<MediaStreamTrack | null> {
  if (!id) return null;
  return (await openOne("video", id)).track;
}

export async function listDevices(): Promise<MediaDeviceInfo[]> {
  return (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
}

/** Calls back with the loudness (0 to 1) of a track, some times a second, until stopped. */
export function watchLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const decibel = 10 * Math.log10(power + 1e-10);
    onLevel(Math.min(1, Math.max(0, (decibel + 60) / 55)));
  }, 80);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Two soft tones on the chosen speaker. */
export async function playTestSound(speaker: string): Promise<void> {
  const context = new AudioContext();
  if (speaker && "setSinkId" in context) {
    await (context as AudioContext & { setSinkId(id: string): Promise<void> })
      .setSinkId(speaker)
      .catch(() => undefined);
  }
  [523.25, 659.25].forEach((frequency, index) => {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const from = context.currentTime + 0.35 * index;
    oscillator.frequency.value = frequency;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.25, from + 0.04);
    gain.gain.linearRampToValueAtTime(0, from + 0.33);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(from + 0.35);
  });
  setTimeout(() => void context.close(), 1200);
}
