import { expect, test } from "vitest";
import type { TrackView } from "../src/api/types";
import { Player, type Video } from "../src/pages/playback/player";
import { fileAt, jump, neededAt, tilesOf } from "../src/pages/playback/tiles";

function file(name: string, endpoint: string, start: number, duration: number, source = "room"): TrackView {
  return {
    name,
    endpoint_id: endpoint,
    endpoint_name: `Xã ${endpoint}`,
    source,
    url: "",
    start_offset_s: start,
    duration_s: duration,
    kind: "video",
    width: 640,
    height: 360,
    audio: true,
  };
}

/** A video element in virtual time, whose own clock runs wrong by `drift`. */
class Fake implements Video {
  playbackRate = 1;
  paused = true;
  seeking = false;
  readyState = 4;
  stuck = false;
  private at = 0;
  private ready = 0;
  constructor(
    private readonly drift = 0,
    private readonly seekMs = 150,
  ) {}
  get currentTime() {
    return this.at;
  }
  set currentTime(to: number) {
    this.at = to;
    this.seeking = true;
    this.readyState = 1;
    this.ready = this.seekMs;
  }
  play() {
    this.paused = false;
    return Promise.resolve();
  }
  pause() {
    this.paused = true;
  }
  run(ms: number) {
    if (this.stuck) this.readyState = 2;
    if (this.stuck) return;
    if (this.seeking) {
      this.ready -= ms;
      if (this.ready > 0) return;
      this.seeking = false;
      this.readyState = 4;
      return;
    }
    if (!this.paused && this.readyState >= 3) this.at += (ms / 1000) * this.playbackRate * (1 + this.drift);
  }
}

function playing(files: TrackView[], fakes: Fake[], duration: number) {
  let now = 0;
  const player = new Player(tilesOf(files), duration, () => now);
  files.forEach((each, index) => {
    player.attach(each, fakes[index] ?? null);
  });
  const run = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 20) {
      now += 20;
      for (const fake of fakes) fake.run(20);
      if (now % 100 === 0) player.tick();
    }
  };
  const apart = () => {
    const times = files.flatMap((each, index) => {
      const fake = fakes[index];
      return fake && !fake.paused ? [each.start_offset_s + fake.currentTime] : [];
    });
    return Math.max(...times) - Math.min(...times);
  };
  return { player, run, apart };
}

test("files of one endpoint and source are one tile", () => {
  const tiles = tilesOf([
    file("003-b", "b", 40, 20),
    file("001-b", "b", 0, 30),
    file("002-a", "a", 1, 60),
    file("004-a-screen", "a", 10, 5, "screen"),
  ]);
  expect(tiles.map((tile) => [tile.key, tile.files.map((each) => each.name)])).toEqual([
    ["b/room", ["001-b", "003-b"]],
    ["a/room", ["002-a"]],
    ["a/screen", ["004-a-screen"]],
  ]);
  const [tile] = tiles;
  if (!tile) throw new Error("no tile");
  expect([10, 30, 35, 45, 60].map((time) => fileAt(tile, time)?.name ?? null)).toEqual([
    "001-b",
    null,
    null,
    "003-b",
    null,
  ]);
  expect(fileAt(tile, 39.7)?.name).toBe("003-b");
  expect(neededAt(tile, 39.7).map((each) => each.name)).toEqual(["003-b"]);
  expect(neededAt(tile, 25).map((each) => each.name)).toEqual(["001-b"]);
  expect(neededAt(tile, 34).map((each) => each.name)).toEqual(["003-b"]);
});

test("one jumps to the next and the one before, and not to where one is", () => {
  const moments = [30, 10, 20];
  expect(jump(moments, 10, 1)).toBe(20);
  expect(jump(moments, 20.5, -1)).toBe(10);
  expect(jump(moments, 25, -1)).toBe(20);
  expect(jump(moments, 30, 1)).toBeNull();
  expect(jump(moments, 5, -1)).toBeNull();
});

test("drifting videos stay together, at every speed", () => {
  const files = [file("1", "a", 0, 600), file("2", "b", 2.5, 600), file("3", "c", 0, 600)];
  const { player, run, apart } = playing(files, [new Fake(0.01), new Fake(-0.01), new Fake(0)], 600);
  player.play();
  run(10_000);
  expect(apart()).toBeLessThan(0.05);
  for (const speed of [2, 0.5, 1.5]) {
    player.setSpeed(speed);
    const before = player.time;
    run(10_000);
    expect(player.time - before).toBeCloseTo(10 * speed, 1);
    expect(apart()).toBeLessThan(0.1);
  }
});

test("after a seek all begin together, however long each takes", () => {
  const files = [file("1", "a", 0, 600), file("2", "b", 0, 600)];
  const { player, run, apart } = playing(files, [new Fake(0, 100), new Fake(0, 2500)], 600);
  player.play();
  run(6000);
  player.seek(300);
  run(1000);
  expect(player.view.waiting).toBe(true);
  expect(player.time).toBe(300);
  run(3000);
  expect(player.view.waiting).toBe(false);
  expect(player.time).toBeGreaterThan(300.5);
  expect(apart()).toBeLessThan(0.05);
});

test("a file that never loads does not hold the others for ever", () => {
  const files = [file("1", "a", 0, 600), file("2", "b", 0, 600)];
  const { player, run } = playing(files, [new Fake(), new Fake(0, 1e9)], 600);
  player.play();
  run(10_000);
  expect(player.time).toBeGreaterThan(3);
  const before = player.time;
  run(10_000);
  expect(player.time - before).toBeGreaterThan(9);
});

test("who stalls is waited for", () => {
  const files = [file("1", "a", 0, 600), file("2", "b", 0, 600)];
  const slow = new Fake();
  const { player, run, apart } = playing(files, [new Fake(), slow], 600);
  player.play();
  run(3000);
  slow.stuck = true;
  run(2000);
  expect(player.view.waiting).toBe(true);
  slow.stuck = false;
  slow.readyState = 4;
  run(1500);
  expect(player.view.waiting).toBe(false);
  expect(apart()).toBeLessThan(0.1);
});

test("a tile switches to the file of the next stay, and playback ends with the recording", () => {
  const files = [file("1", "a", 0, 20), file("2", "b", 0, 5), file("3", "b", 10, 10)];
  const fakes = [new Fake(), new Fake(), new Fake()];
  const { player, run, apart } = playing(files, fakes, 20);
  player.play();
  run(7000);
  expect(fakes.map((fake) => fake.paused)).toEqual([false, true, true]);
  run(6000);
  expect(fakes.map((fake) => fake.paused)).toEqual([false, true, false]);
  expect(apart()).toBeLessThan(0.1);
  run(20_000);
  expect(player.view.playing).toBe(false);
  expect(player.time).toBe(20);
  expect(fakes.every((fake) => fake.paused)).toBe(true);
  player.play();
  run(1000);
  expect(player.time).toBeLessThan(2);
});
