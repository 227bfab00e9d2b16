// What the browser measures of the connection, and whether media really flow.
import type { ClientStats } from "../protocol/messages";

interface Totals {
  bytes: number;
  framesDecoded: number;
  freezes: number;
  lost: number;
  received: number;
  concealed: number;
  samples: number;
  rtt: number | null;
  fps: number | null;
}

export class FlowMeter {
  private last: Totals | null = null;
  flowing = false;

  /** Reads the statistics; `expectsMedia`: whether anybody else sends. */
  async read(pc: RTCPeerConnection, expectsMedia: boolean): Promise<ClientStats> {
    const now = total(await pc.getStats());
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
    };
  }

  reset(): void {
    this.last = null;
    this.flowing = false;
  }
}

function total(report: RTCStatsReport): Totals {
  const sum: Totals = {
    bytes: 0,
    framesDecoded: 0,
    freezes: 0,
    lost: 0,
    received: 0,
    concealed: 0,
    samples: 0,
    rtt: null,
    fps: null,
  };
  for (const entry of report.values() as IterableIterator<Record<string, number> & { type: string; kind?: string }>) {
    if (entry.type === "candidate-pair" && entry["nominated"]) sum.rtt = entry["currentRoundTripTime"] ?? null;
    if (entry.type === "inbound-rtp") addInbound(sum, entry);
  }
  return sum;
}

function addInbound(sum: Totals, entry: Record<string, number> & { kind?: string }): void {
  sum.bytes += entry["bytesReceived"] ?? 0;
  sum.lost += Math.max(0, entry["packetsLost"] ?? 0);
  sum.received += entry["packetsReceived"] ?? 0;
  sum.framesDecoded += entry["framesDecoded"] ?? 0;
  sum.freezes += entry["freezeCount"] ?? 0;
  sum.concealed += Math.max(0, (entry["concealedSamples"] ?? 0) - (entry["silentConcealedSamples"] ?? 0));
  sum.samples += entry["totalSamplesReceived"] ?? 0;
  if (entry.kind === "video") sum.fps = Math.max(sum.fps ?? 0, entry["framesPerSecond"] ?? 0);
}
