// A camera's picture: brightness, contrast, whether it is black, whether it stands still, how many pictures a second.
import "webrtc-adapter";
import { pause, round, type Values } from "./types";

const WIDTH = 96;
const HEIGHT = 54;
const SECONDS = 4;
const BLACK_LUMA = 20; // a lens cap gives 16 of 255 and some noise
const STILL = 0.02; // mean difference of two pictures; a camera's own noise is far more

export interface Look {
  luma: number;
  contrast: number;
  pixels: Float32Array;
}

/** Mean brightness and its standard deviation, of RGBA bytes. */
export function lookAt(rgba: Uint8ClampedArray): Look {
  const pixels = new Float32Array(rgba.length / 4);
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 1) {
    const [red = 0, green = 0, blue = 0] = rgba.subarray(4 * at, 4 * at + 3);
    const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    pixels[at] = luma;
    sum += luma;
  }
  const mean = sum / pixels.length;
  const variance = pixels.reduce((total, each) => total + (each - mean) ** 2, 0) / pixels.length;
  return { luma: mean, contrast: Math.sqrt(variance), pixels };
}

/** Mean difference of two pictures, 0 to 255. */
export function difference(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, each, at) => sum + Math.abs(each - (other[at] ?? 0)), 0) / one.length;
}

/** What some pictures in their order say. */
export function judgePictures(looks: Look[]): Values {
  const mean = (of: (look: Look) => number) => looks.reduce((sum, each) => sum + of(each), 0) / looks.length;
  const black = looks.filter((each) => each.luma < BLACK_LUMA).length;
  const still = looks.slice(1).filter((each, at) => difference(each.pixels, (looks[at] as Look).pixels) < STILL).length;
  return {
    "lighting.luma": round(
      mean((each) => each.luma),
      1,
    ),
    "lighting.contrast": round(
      mean((each) => each.contrast),
      1,
    ),
    "camera.black_percent": round((100 * black) / looks.length, 1),
    "camera.frozen_percent": looks.length > 1 ? round((100 * still) / (looks.length - 1), 1) : 100,
  };
}

/** Watches the camera for some seconds. */
export async function measurePicture(track: MediaStreamTrack): Promise<Values> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  try {
    await video.play();
    const looks: Look[] = [];
    const counter = countFrames(video);
    const end = performance.now() + 1000 * SECONDS;
    while (performance.now() < end) {
      await pause(160);
      if (!context || video.readyState < 2) continue;
      context.drawImage(video, 0, 0, WIDTH, HEIGHT);
      looks.push(lookAt(context.getImageData(0, 0, WIDTH, HEIGHT).data));
    }
    const fps = counter.stop();
    const height = video.videoHeight || track.getSettings().height || 0;
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === "videoinput");
    if (!looks.length) return { "camera.height": height, "camera.fps": 0 };
    return {
      ...judgePictures(looks),
      "camera.height": height,
      "camera.fps": round(fps, 1),
      "camera.count": cameras.length,
    };
  } finally {
    video.srcObject = null;
  }
}

/** Pictures that the camera delivers, each counted once. */
function countFrames(video: HTMLVideoElement): { stop: () => number } {
  const begun = performance.now();
  if (!("requestVideoFrameCallback" in video)) {
    return { stop: () => (1000 * frames(video)) / (performance.now() - begun) };
  }
  let first: number | null = null;
  let last = 0;
  let count = 0;
  let stopped = false;
  const next = (now: number, facts: VideoFrameCallbackMetadata) => {
    if (first === null) {
      first = now;
      count = -facts.presentedFrames;
    }
    last = now;
    total = facts.presentedFrames;
    if (!stopped) video.requestVideoFrameCallback(next);
  };
  let total = 0;
  video.requestVideoFrameCallback(next);
  return {
    stop: () => {
      stopped = true;
      return first !== null && last > first ? (1000 * (total + count)) / (last - first) : 0;
    },
  };
}

function frames(video: HTMLVideoElement): number {
  return video.getVideoPlaybackQuality().totalVideoFrames;
}
