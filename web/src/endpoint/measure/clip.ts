// Ten seconds recorded by the real recorder, and played back here: see signalling/clip_test.py.
import "webrtc-adapter";
import { type Line, postStream } from "./stream";
import { MeasureError, type Values } from "./types";

export interface Clip {
  values: Values;
  url: string; // of an object in this page's memory
}

/** Sends camera and microphone until the recorder has its ten seconds; the server keeps what it finds. */
export async function recordClip(options: {
  path: string;
  token: string;
  camera: MediaStreamTrack;
  microphone: MediaStreamTrack | null;
  onPhase: (phase: string) => void;
  signal?: AbortSignal;
}): Promise<Clip> {
  const pc = new RTCPeerConnection();
  let values: Values = {};
  let name = "";
  try {
    const sending: { source: string; transceiver: RTCRtpTransceiver }[] = [];
    if (options.microphone) {
      const transceiver = pc.addTransceiver(options.microphone, { direction: "sendonly" });
      sending.push({ source: "microphone", transceiver });
    }
    const sendEncodings = [{ maxBitrate: 1_500_000 }];
    const transceiver = pc.addTransceiver(options.camera, { direction: "sendonly", sendEncodings });
    sending.push({ source: "camera", transceiver });
    await pc.setLocalDescription(await pc.createOffer());
    const body = {
      sdp: pc.localDescription?.sdp ?? "",
      tracks: sending.map((each) => ({ source: each.source, mid: each.transceiver.mid ?? "" })),
    };
    await postStream(
      options.path,
      options.token,
      body,
      async (line: Line) => {
        if (line.type === "answer") await pc.setRemoteDescription({ type: "answer", sdp: String(line["sdp"]) });
        if (line.type === "phase") options.onPhase(String(line["phase"]));
        if (line.type === "clip") name = String(line["name"]);
        if (line.type === "result") values = line["values"] as Values;
      },
      options.signal,
    );
  } finally {
    pc.close();
  }
  const file = await fetch(`/api/v1/preflight/clips/${name}`, {
    headers: { Authorization: `Bearer ${options.token}` },
  });
  if (!file.ok) throw new MeasureError("clip_missing", file.statusText);
  return { values, url: URL.createObjectURL(await file.blob()) };
}

/** Whether the element has played the clip to its end, with pictures. */
export function wasPlayed(video: HTMLVideoElement): boolean {
  return video.ended && video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 0;
}
