// The line, through a media connection of its own beside the session's: see signalling/line_test.py.
import "webrtc-adapter";
import { type Line, postStream } from "./stream";
import { TestPicture, testVoice } from "./testMedia";
import type { Values } from "./types";

export interface LineProgress {
  phase: "connecting" | "waiting" | "down" | "up" | "both";
  seconds: number;
  mbps: number;
}

/** Measures; the server keeps what it finds. `path`: of the API, for a session or a survey. */
export async function measureLine(options: {
  path: string;
  token: string;
  joint?: string;
  sends: boolean;
  onProgress: (progress: LineProgress) => void;
  signal?: AbortSignal;
}): Promise<{ values: Values; limited: boolean }> {
  const pc = new RTCPeerConnection();
  const picture = options.sends ? new TestPicture() : null;
  const voice = options.sends ? testVoice() : null;
  let values: Values = {};
  let before: Sent | null = null;
  let limited = false;
  let phaseUpBps = 0;
  let phase: LineProgress["phase"] = "connecting";
  let seconds = 0;
  try {
    const tracks = addSenders(pc, picture?.track ?? null, voice?.track ?? null);
    pc.addTransceiver("video", { direction: "recvonly" });
    await pc.setLocalDescription(await pc.createOffer());
    const body = {
      sdp: pc.localDescription?.sdp ?? "",
      tracks: tracks.map(({ source, transceiver }) => ({ source, mid: transceiver.mid ?? "" })),
      joint: options.joint ?? "",
    };
    const camera = tracks.find((each) => each.source === "camera")?.transceiver.sender ?? null;
    // What the way up came to is known when the next phase begins; another try counts anew.
    const judge = async (line: Line) => {
      if (before) limited = limitedByComputer(before, await sent(pc), phaseUpBps);
      before = line["phase"] === "up" ? await sent(pc) : null;
      if (before) phaseUpBps = Number(line["up_bps"]);
    };
    const onLine = async (line: Line) => {
      if (line.type === "answer") {
        const sdp = startingAt(String(line["sdp"]), Number(line["up_bps"]));
        await pc.setRemoteDescription({ type: "answer", sdp });
      }
      if (line.type === "waiting") phase = "waiting";
      if (line.type === "phase") {
        await judge(line);
        phase = line["phase"] as LineProgress["phase"];
        seconds = Number(line["seconds"]);
        await send(camera, picture, Number(line["up_bps"]));
      }
      if (line.type === "result") values = line["values"] as Values;
      const mbps = line.type === "progress" ? Number(line["bps"]) / 1e6 : 0;
      options.onProgress({ phase, seconds, mbps });
    };
    await postStream(options.path, options.token, body, onLine, options.signal);
    return { values, limited };
  } finally {
    pc.close();
    picture?.stop();
    voice?.stop();
  }
}

function addSenders(pc: RTCPeerConnection, picture: MediaStreamTrack | null, voice: MediaStreamTrack | null) {
  const found: { source: "camera" | "microphone"; transceiver: RTCRtpTransceiver }[] = [];
  if (voice) {
    found.push({ source: "microphone", transceiver: pc.addTransceiver(voice, { direction: "sendonly" }) });
  }
  if (picture) {
    const sendEncodings = [{ active: false, maxBitrate: 64_000 }];
    found.push({
      source: "camera",
      transceiver: pc.addTransceiver(picture, { direction: "sendonly", sendEncodings }),
    });
  }
  return found;
}

/**
 * The answer, with a wish that Chromium knows: begin at this rate. So the line is full within a moment, or carries it all;
 * searching from the usual start upwards takes longer than anybody waits. Other browsers search.
 */
export function startingAt(sdp: string, bps: number): string {
  if (!bps) return sdp;
  return sdp.replace(/^m=video 9 \S+ (\d+)[^\n]*\r?\n/gm, (head: string, type: string) => {
    return `${head}a=fmtp:${type} x-google-start-bitrate=${Math.round(bps / 1000)}\r\n`;
  });
}

/** 0: nothing is sent. */
async function send(sender: RTCRtpSender | null, picture: TestPicture | null, bps: number): Promise<void> {
  if (!sender || !picture) return;
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings;
  if (!encoding) return;
  encoding.active = bps > 0;
  encoding.maxBitrate = Math.max(bps, 64_000);
  encoding.networkPriority = "high";
  parameters.degradationPreference = "maintain-resolution";
  if (bps > 0) picture.start(bps);
  else picture.pause();
  await sender.setParameters(parameters);
}

/** What was sent of the test picture so far, and what held it back, in seconds. */
export interface Sent {
  at: number;
  bytes: number;
  cpu: number;
  all: number;
  /** What the browser's congestion control thinks that the line carries; null: it does not say. */
  available: number | null;
}

async function sent(pc: RTCPeerConnection): Promise<Sent> {
  const found: Sent = { at: performance.now(), bytes: 0, cpu: 0, all: 0, available: null };
  for (const entry of (await pc.getStats()).values() as Iterable<Record<string, unknown>>) {
    if (entry["type"] === "candidate-pair" && entry["nominated"]) {
      found.available = (entry["availableOutgoingBitrate"] as number | undefined) ?? null;
    }
    if (entry["type"] !== "outbound-rtp" || entry["kind"] !== "video") continue;
    const spent = (entry["qualityLimitationDurations"] ?? {}) as Record<string, number>;
    found.bytes += Number(entry["bytesSent"] ?? 0) + Number(entry["headerBytesSent"] ?? 0);
    found.cpu += spent["cpu"] ?? 0;
    found.all += Object.values(spent).reduce((sum, each) => sum + each, 0);
  }
  return found;
}

const NEARLY = 0.9; // of what was to be sent
const CPU_SHARE = 0.3;
const MORE = 1.4; // times what was sent: the line had room for it

/** Whether this computer sent less than it should because it was busy, not because of the line. */
export function limitedByComputer(before: Sent, after: Sent, wantedBps: number): boolean {
  const seconds = (after.at - before.at) / 1000;
  const bps = seconds > 0 ? (8 * (after.bytes - before.bytes)) / seconds : 0;
  if (seconds <= 0 || bps >= NEARLY * wantedBps) return false;
  const spent = after.all - before.all;
  const busy = spent > 0 && (after.cpu - before.cpu) / spent > CPU_SHARE;
  return busy || (after.available !== null && after.available > MORE * bps);
}
