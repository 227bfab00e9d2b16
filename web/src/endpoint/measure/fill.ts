// Keeps a line full from this side: pictures of a size that follows what the browser believes of the line, and a little more.
const FRAMES_PER_S = 50;
const EVERY_MS = 100;
const ABOVE = 1.25; // of the browser's own estimate: full, but not flooded
const LEAST_BPS = 100_000;

// Not in the types of every TypeScript yet (W3C WebRTC Encoded Transform).
interface ScriptTransform {
  new (worker: Worker, options: unknown, transfer: Transferable[]): object;
}

/** Whether this browser lets a page make encoded pictures larger. */
export function canFill(): boolean {
  return "RTCRtpScriptTransform" in window && "transform" in RTCRtpSender.prototype;
}

export const FILL_FRAMES_PER_S = FRAMES_PER_S;

export class Fill {
  private readonly worker = new Worker(new URL("./fillWorker.ts", import.meta.url), { type: "module" });
  private readonly channel = new MessageChannel();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly pc: RTCPeerConnection,
    sender: RTCRtpSender,
  ) {
    const Transform = (window as unknown as { RTCRtpScriptTransform: ScriptTransform }).RTCRtpScriptTransform;
    (sender as RTCRtpSender & { transform: object }).transform = new Transform(
      this.worker,
      { port: this.channel.port2 },
      [this.channel.port2],
    );
  }

  /** Never faster than `bps`. `searching`: follow the estimate from below it; else just this rate. */
  run(bps: number, searching: boolean): void {
    clearInterval(this.timer);
    this.ask(bps);
    if (searching) this.timer = setInterval(() => void this.follow(bps), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.worker.terminate();
  }

  private async follow(bps: number): Promise<void> {
    if (this.pc.signalingState === "closed") return;
    for (const report of (await this.pc.getStats()).values()) {
      if (report.type === "candidate-pair" && report.nominated && report.availableOutgoingBitrate) {
        this.ask(Math.min(bps, Math.max(LEAST_BPS, ABOVE * report.availableOutgoingBitrate)));
      }
    }
  }

  private ask(bps: number): void {
    this.channel.port1.postMessage(Math.round(bps / 8 / FRAMES_PER_S));
  }
}
