// Every file of a recording on one timeline. One clock; each video follows it by its rate, or by a seek when it is far
// off. Nobody runs ahead: while one has not loaded, the clock stands still.
import type { TrackView } from "../../api/types";
import { fileAt, neededAt, type Tile } from "./tiles";

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
const TICK_MS = 100;
const FAR_S = 0.3; // further off is not caught up by rate
const NEAR_S = 0.02; // closer is as good as together
const GAIN = 0.8; // of the distance is made good within a second
const MAX_CORRECTION = 0.15;
const STALLED_MS = 400; // so long nothing to show: everybody waits
const PATIENCE_MS = 6000; // then the others go on without it
const SEEK_COSTS_S = 0.12;

/** What of a video element is used; tests have a plain one. */
export type Video = Pick<
  HTMLVideoElement,
  "currentTime" | "playbackRate" | "paused" | "seeking" | "readyState" | "play" | "pause"
>;

export interface View {
  time: number;
  playing: boolean;
  waiting: boolean;
  speed: number;
  files: string[];
}

export class Player {
  private at = 0;
  private since: number | null = null; // the clock runs since then
  private wanted = false;
  private waitingSince = 0;
  private readonly stalledSince = new Map<string, number>();
  private readonly givenUp = new Set<string>(); // what did not load in time is not waited for until it has
  private readonly videos = new Map<string, Video>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private speed = 1;
  view: View;

  constructor(
    private readonly tiles: Tile[],
    readonly durationS: number,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.view = this.look();
  }

  /** Follow the clock until the returned function is called. */
  start(): () => void {
    this.timer = setInterval(() => this.tick(), TICK_MS);
    return () => {
      clearInterval(this.timer);
      this.pause();
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  attach(file: TrackView, video: Video | null): void {
    if (!video) {
      this.videos.delete(file.name);
      return;
    }
    this.videos.set(file.name, video);
    video.currentTime = this.local(file);
    this.stalledSince.delete(file.name);
  }

  get time(): number {
    const running = this.since === null ? 0 : ((this.clock() - this.since) / 1000) * this.speed;
    return Math.min(this.durationS, this.at + running);
  }

  toggle(): void {
    if (this.wanted) this.pause();
    else this.play();
  }

  play(): void {
    if (this.time >= this.durationS - 0.05) this.stop(0);
    this.wanted = true;
    this.settle();
  }

  pause(): void {
    this.wanted = false;
    this.stop(this.time);
    this.settle();
  }

  seek(to: number): void {
    this.stop(Math.min(Math.max(0, to), this.durationS));
    this.settle();
  }

  setSpeed(speed: number): void {
    this.at = this.time;
    if (this.since !== null) this.since = this.clock();
    this.speed = speed;
    this.tick();
  }

  /** Bring every video where the clock is, and the clock on where all are ready. */
  tick(): void {
    if (this.since !== null && this.time >= this.durationS) {
      this.wanted = false;
      this.stop(this.durationS);
    }
    this.parkOthers();
    const playing = this.current();
    if (this.wanted && this.since === null) this.goOnWhenReady(playing);
    else if (this.since !== null) {
      for (const [file, video] of playing) this.follow(file, video);
      if (playing.some(([file, video]) => this.holdsUp(file, video))) {
        this.stop(this.time);
        this.settle();
      }
    }
    this.publish();
  }

  private local(file: TrackView): number {
    return Math.min(Math.max(0, this.time - file.start_offset_s), Math.max(0, file.duration_s - 0.05));
  }

  private current(): [TrackView, Video][] {
    const found: [TrackView, Video][] = [];
    for (const tile of this.tiles) {
      const file = fileAt(tile, this.time);
      const video = file && this.videos.get(file.name);
      if (file && video) found.push([file, video]);
    }
    return found;
  }

  private stop(at: number): void {
    this.at = at;
    this.since = null;
    this.waitingSince = this.clock();
    this.stalledSince.clear();
  }

  /** The clock stands: every video to its place. */
  private settle(): void {
    this.parkOthers();
    for (const [file, video] of this.current()) {
      if (!video.paused) video.pause();
      const local = this.local(file);
      if (Math.abs(video.currentTime - local) > NEAR_S) video.currentTime = local;
    }
    this.publish();
  }

  /** What is not shown now stands at its beginning, or where it was. */
  private parkOthers(): void {
    const shown = new Set(this.current().map(([, video]) => video));
    for (const video of this.videos.values()) if (!shown.has(video) && !video.paused) video.pause();
  }

  private goOnWhenReady(playing: [TrackView, Video][]): void {
    const missing = playing.filter(([file, video]) => !this.isReady(file, video));
    if (missing.length && this.clock() - this.waitingSince < PATIENCE_MS) return;
    for (const [file] of missing) this.givenUp.add(file.name);
    this.since = this.clock();
    for (const [file, video] of playing) this.follow(file, video);
  }

  private follow(file: TrackView, video: Video): void {
    const local = this.time - file.start_offset_s;
    if (local < 0) return;
    if (video.paused) void video.play().catch(() => undefined);
    const behind = local - video.currentTime;
    if (video.seeking) return;
    if (Math.abs(behind) > FAR_S * Math.max(1, this.speed)) {
      video.currentTime = Math.max(0, local + SEEK_COSTS_S * this.speed);
      return;
    }
    const correction =
      Math.abs(behind) < NEAR_S ? 0 : Math.min(Math.max(behind * GAIN, -MAX_CORRECTION), MAX_CORRECTION);
    const rate = this.speed * (1 + correction);
    if (Math.abs(video.playbackRate - rate) > 0.004) video.playbackRate = rate;
  }

  private isReady(file: TrackView, video: Video): boolean {
    const ready = !video.seeking && video.readyState >= 3;
    if (ready) this.givenUp.delete(file.name);
    return ready || this.givenUp.has(file.name);
  }

  /** Whether the others should wait for this video. */
  private holdsUp(file: TrackView, video: Video): boolean {
    if (this.isReady(file, video) || this.local(file) > file.duration_s - 0.5) {
      this.stalledSince.delete(file.name);
      return false;
    }
    const since = this.stalledSince.get(file.name) ?? this.clock();
    this.stalledSince.set(file.name, since);
    return this.clock() - since > STALLED_MS;
  }

  private look(): View {
    const time = this.time;
    return {
      time,
      playing: this.wanted,
      waiting: this.wanted && this.since === null,
      speed: this.speed,
      files: this.tiles.flatMap((tile) => neededAt(tile, time).map((file) => file.name)),
    };
  }

  private publish(): void {
    this.view = this.look();
    for (const listener of this.listeners) listener();
  }
}
