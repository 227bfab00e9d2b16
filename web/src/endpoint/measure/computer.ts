// The computer and its browser: display, versions, codecs, decoding, battery, clock, protection of the page.
import "webrtc-adapter";
import { api } from "../../api/client";
import { pause, round, type Values } from "./types";

const CLOCK_TRIES = 5;
const DECODE_S = 3;

export interface Browser {
  name: string;
  version: number;
  family: "chromium" | "firefox" | "other";
}

/** From the user-agent text; Chrome, Edge and Cốc Cốc are Chromium. */
export function browserOf(agent: string): Browser {
  const found = (pattern: RegExp) => Number(pattern.exec(agent)?.[1] ?? 0);
  const firefox = found(/Firefox\/(\d+)/);
  if (firefox) return { name: `Firefox ${firefox}`, version: firefox, family: "firefox" };
  const chromium = found(/Chrom(?:e|ium)\/(\d+)/);
  const edge = found(/Edg\/(\d+)/);
  if (chromium) {
    return { name: edge ? `Edge ${edge}` : `Chromium ${chromium}`, version: chromium, family: "chromium" };
  }
  return { name: "?", version: 0, family: "other" };
}

export interface Oldest {
  chromium: number;
  firefox: number;
  app: string;
}

export function measureSoftware(oldest: Oldest): Values {
  const browser = browserOf(navigator.userAgent);
  const least = browser.family === "firefox" ? oldest.firefox : oldest.chromium;
  const known = browser.family !== "other" && browser.version >= least;
  const codecs = new Set(
    (RTCRtpReceiver.getCapabilities("video")?.codecs ?? [])
      .map((each) => each.mimeType.replace("video/", ""))
      .filter((each) => ["VP8", "VP9", "H264", "AV1"].includes(each)),
  );
  return {
    "software.browser": browser.name,
    "software.version": known ? "current" : "old",
    "software.codecs": [...codecs].sort().join(", "),
  };
}

export function measureDisplay(): Values {
  return {
    "display.width": Math.round(screen.width * devicePixelRatio),
    "display.height": Math.round(screen.height * devicePixelRatio),
    "display.fullscreen": document.fullscreenElement !== null || window.innerHeight >= screen.height,
  };
}

interface Battery {
  level: number;
  charging: boolean;
}

/** What the computer tells of its battery; browsers that do not tell give nothing. */
export async function measurePower(): Promise<Values> {
  const source = navigator as Navigator & { getBattery?: () => Promise<Battery> };
  const battery = await source.getBattery?.().catch(() => undefined);
  if (!battery) return {};
  return { "power.battery_percent": round(100 * battery.level, 0), "power.charging": battery.charging };
}

/** The offset of this computer's clock (NTP's arithmetic over the quickest of some exchanges), and the page's protection. */
export async function measureSecurity(oldest: Oldest): Promise<Values> {
  let best = { wait: Number.POSITIVE_INFINITY, offset: 0 };
  for (let count = 0; count < CLOCK_TRIES; count += 1) {
    const sent = Date.now();
    const began = performance.now();
    const { now } = await api<{ now: string }>("GET", "/time");
    const wait = performance.now() - began;
    if (wait < best.wait) best = { wait, offset: Date.parse(now) - (sent + wait / 2) };
  }
  const local = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);
  const version = await fetch("/healthz").then((answer) => answer.json() as Promise<{ version: string }>);
  return {
    "security.clock_offset_s": round(Math.abs(best.offset) / 1000, 3),
    "security.tls": location.protocol === "https:" ? "https" : local ? "local" : "none",
    "security.app_version": version.version === oldest.app ? "same" : "other",
  };
}

/** Pictures a second that this computer decodes of its own camera, through a connection to itself. */
export async function measureDecoding(camera: MediaStreamTrack): Promise<Values> {
  const [sender, receiver] = [new RTCPeerConnection(), new RTCPeerConnection()];
  try {
    sender.onicecandidate = (event) =>
      void receiver.addIceCandidate(event.candidate ?? undefined).catch(() => undefined);
    receiver.onicecandidate = (event) =>
      void sender.addIceCandidate(event.candidate ?? undefined).catch(() => undefined);
    const video = document.createElement("video");
    video.muted = true;
    receiver.ontrack = (event) => {
      video.srcObject = new MediaStream([event.track]);
      void video.play().catch(() => undefined);
    };
    sender.addTransceiver(camera, { direction: "sendonly", sendEncodings: [{ maxBitrate: 2_500_000 }] });
    await sender.setLocalDescription();
    await receiver.setRemoteDescription(sender.localDescription as RTCSessionDescription);
    await receiver.setLocalDescription();
    await sender.setRemoteDescription(receiver.localDescription as RTCSessionDescription);
    let before = await decoded(receiver);
    for (let wait = 0; wait < 50 && before.frames < 5; wait += 1) {
      await pause(100);
      before = await decoded(receiver);
    }
    await pause(1000); // the rate grows to its height
    before = await decoded(receiver);
    await pause(1000 * DECODE_S);
    const after = await decoded(receiver);
    const seconds = (after.at - before.at) / 1000;
    video.srcObject = null;
    return { "software.decode_fps": seconds > 0 ? round((after.frames - before.frames) / seconds, 1) : 0 };
  } finally {
    sender.close();
    receiver.close();
  }
}

async function decoded(pc: RTCPeerConnection): Promise<{ frames: number; at: number }> {
  for (const report of (await pc.getStats()).values()) {
    if (report.type === "inbound-rtp") return { frames: report.framesDecoded ?? 0, at: report.timestamp };
  }
  return { frames: 0, at: 0 };
}
