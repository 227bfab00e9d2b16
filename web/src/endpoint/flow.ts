// What the browser measures of the connection and of itself, and whether media really flow.
import type { ClientStats } from "../protocol/messages";

type Entry = Record<string, number | undefined> & {
  type: string;
  kind?: string;
  trackIdentifier?: string;
  active?: boolean;
  qualityLimitationDurations?: Record<string, number>;
};

/** Counters since the connection began, and what has no counter. */
interface Totals {
  bytes: number;
  framesDecoded: number;
  framesDropped: number;
  freezes: number;
  lost: number;
  received: number;
  concealed: number;
  samples: number;
  cameraFrames: number | null;
  at: number;
  /** Of each encoding sent: seconds limited by the computer, by the line, and in all. */
  limited: Map<string, { cpu: number; bandwidth: number; all: number }>;
  rtt: number | null;
  fps: number | null;
  availableUp: number | null;
  voices: Map<string, { received: number; jitter: number }>;
}

export class FlowMeter {
  private last: Totals | null = null;
  flowing = false;

  /** Reads the statistics; `expectsMedia`: whether anybody else sends; `camera`: the track that is sent. */
  async read(pc: RTCPeerConnection, expectsMedia: boolean, camera: MediaStreamTrack | null): Promise<ClientStats> {
    const now = total(await pc.getStats(), camera?.id ?? "", performance.now());
    const before = this.last;
    this.last = now;
    const grows = before !== null && now.bytes > before.bytes;
    this.flowing = pc.connectionState === "connected" && (grows || !expectsMedia);
    return {
      type: "stats",
      rtt_ms: now.rtt === null ? null : now.rtt * 1000,
      frames_decoded: now.framesDecoded,
      freezes: now.freezes,
      frames_per_second: now.fps,
      packets_lost: now.lost,
      packets_received: now.received,
      concealed_ratio: now.samples ? Math.min(1, now.concealed / now.samples) : null,
      media_flowing: this.flowing,
      available_up_bps: now.availableUp,
      ...(before ? since(before, now) : {}),
    };
  }

  reset(): void {
    this.last = null;
    this.flowing = false;
  }
}

/** What happened between two readings. */
export function since(before: Totals, now: Totals): Partial<ClientStats> {
  const dropped = now.framesDropped - before.framesDropped;
  const seconds = (now.at - before.at) / 1000;
  const filmed = now.cameraFrames !== null && before.cameraFrames !== null && seconds > 0;
  return {
    decode_dropped: share(dropped, dropped + now.framesDecoded - before.framesDecoded),
    // Not packetsDiscarded: with RED every redundant packet counts there.
    voice_gaps: share(now.concealed - before.concealed, now.samples - before.samples),
    jitter_ms: 1000 * calmest(before, now),
    limited_cpu: worst(before, now, "cpu"),
    limited_bandwidth: worst(before, now, "bandwidth"),
    capture_fps: filmed ? Math.max(0, ((now.cameraFrames ?? 0) - (before.cameraFrames ?? 0)) / seconds) : null,
  };
}

function worst(before: Totals, now: Totals, by: "cpu" | "bandwidth"): number {
  const shares = [...now.limited].map(([id, limited]) => {
    const earlier = before.limited.get(id) ?? { cpu: 0, bandwidth: 0, all: 0 };
    return share(limited[by] - earlier[by], limited.all - earlier.all);
  });
  return Math.max(0, ...shares);
}

/** The least jitter of the voices that came: what the talker's own line did to a voice is not this one's. */
function calmest(before: Totals, now: Totals): number {
  const came = [...now.voices].filter(([id, voice]) => voice.received > (before.voices.get(id)?.received ?? 0));
  return came.length ? Math.min(...came.map(([, voice]) => voice.jitter)) : 0;
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

export function total(report: { values(): Iterable<unknown> }, cameraId: string, at: number): Totals {
  const sum: Totals = {
    bytes: 0,
    framesDecoded: 0,
    framesDropped: 0,
    freezes: 0,
    lost: 0,
    received: 0,
    concealed: 0,
    samples: 0,
    cameraFrames: null,
    at,
    limited: new Map(),
    rtt: null,
    fps: null,
    availableUp: null,
    voices: new Map(),
  };
  for (const entry of report.values() as Iterable<Entry>) {
    if (entry.type === "candidate-pair" && entry["nominated"]) {
      sum.rtt = entry["currentRoundTripTime"] ?? null;
      sum.availableUp = entry["availableOutgoingBitrate"] ?? null;
    } else if (entry.type === "media-source" && entry.kind === "video" && entry.trackIdentifier === cameraId) {
      sum.cameraFrames = entry["frames"] ?? null;
    } else if (entry.type === "outbound-rtp") addOutbound(sum, entry);
    else if (entry.type === "inbound-rtp") addInbound(sum, entry);
  }
  return sum;
}

function addOutbound(sum: Totals, entry: Entry): void {
  const spent = entry.qualityLimitationDurations;
  if (!spent || entry.active === false) return;
  sum.limited.set(String(entry["ssrc"]), {
    cpu: spent["cpu"] ?? 0,
    bandwidth: spent["bandwidth"] ?? 0,
    all: Object.values(spent).reduce((all, each) => all + each, 0),
  });
}

function addInbound(sum: Totals, entry: Entry): void {
  sum.bytes += entry["bytesReceived"] ?? 0;
  sum.lost += Math.max(0, entry["packetsLost"] ?? 0);
  sum.received += entry["packetsReceived"] ?? 0;
  sum.freezes += entry["freezeCount"] ?? 0;
  sum.concealed += Math.max(0, (entry["concealedSamples"] ?? 0) - (entry["silentConcealedSamples"] ?? 0));
  sum.samples += entry["totalSamplesReceived"] ?? 0;
  if (entry.kind === "video") {
    sum.framesDecoded += entry["framesDecoded"] ?? 0;
    sum.framesDropped += entry["framesDropped"] ?? 0;
    sum.fps = Math.max(sum.fps ?? 0, entry["framesPerSecond"] ?? 0);
  } else {
    sum.voices.set(String(entry["ssrc"]), { received: entry["packetsReceived"] ?? 0, jitter: entry["jitter"] ?? 0 });
  }
}
