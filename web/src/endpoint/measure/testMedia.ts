// A picture that no encoder can make small, so that the line is what limits it; and a voice, to see its packets' spread.
const TEXTURE_WIDTH = 1920;
const TEXTURE_HEIGHT = 1080;
const FRAMES_PER_S = 25;
const FAST_BPS = 8_000_000; // from here on a larger picture is needed
const SLOW_BPS = 1_200_000; // below it an encoder cannot keep a larger picture of noise under its limit
const NOISE = 48; // of 255: enough at a low quantiser, little at a high one

export class TestPicture {
  readonly track: MediaStreamTrack;
  private readonly canvas = document.createElement("canvas");
  private readonly context: CanvasRenderingContext2D;
  private readonly texture: HTMLCanvasElement;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    this.canvas.width = 640;
    this.canvas.height = 360;
    const context = this.canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    this.context = context;
    this.texture = makeTexture();
    this.track = this.canvas.captureStream(FRAMES_PER_S).getVideoTracks()[0] as MediaStreamTrack;
    this.track.contentHint = "motion";
  }

  start(bps: number): void {
    this.pause();
    const width = bps > FAST_BPS ? 1280 : bps < SLOW_BPS ? 320 : 640;
    if (this.canvas.width !== width) {
      this.canvas.width = width;
      this.canvas.height = (width * 9) / 16;
    }
    this.timer = setInterval(() => this.draw(), 1000 / FRAMES_PER_S);
  }

  pause(): void {
    clearInterval(this.timer);
  }

  stop(): void {
    this.pause();
    this.track.stop();
  }

  /** Another part of the texture each time: nothing can be predicted from the picture before. */
  private draw(): void {
    const x = Math.floor(Math.random() * (TEXTURE_WIDTH - this.canvas.width));
    const y = Math.floor(Math.random() * (TEXTURE_HEIGHT - this.canvas.height));
    this.context.drawImage(this.texture, -x, -y);
  }
}

function makeTexture(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = TEXTURE_WIDTH;
  canvas.height = TEXTURE_HEIGHT;
  const context = canvas.getContext("2d");
  const image = context?.createImageData(TEXTURE_WIDTH, TEXTURE_HEIGHT);
  if (!context || !image) return canvas;
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    const grey = 128 + (Math.random() - 0.5) * NOISE;
    data[at] = data[at + 1] = data[at + 2] = grey;
    data[at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** A soft tone as a microphone's track; nobody hears it. */
export function testVoice(): { track: MediaStreamTrack; stop: () => void } {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  gain.gain.value = 0.05;
  const target = context.createMediaStreamDestination();
  oscillator.connect(gain).connect(target);
  oscillator.start();
  const track = target.stream.getAudioTracks()[0] as MediaStreamTrack;
  return {
    track,
    stop: () => {
      track.stop();
      oscillator.stop();
      void context.close();
    },
  };
}
