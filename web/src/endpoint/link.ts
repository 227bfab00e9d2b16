// The one RTCPeerConnection: one offer with fixed receive slots, one answer.
import type { LayerEncoding, Offer, SendingPlan } from "../protocol/messages";

export type SourceName = "microphone" | "camera" | "screen";

export interface LocalMedia {
  microphone: MediaStreamTrack | null;
  camera: MediaStreamTrack | null;
  screen: MediaStreamTrack | null;
}

export interface SlotStreams {
  audio: MediaStreamTrack;
  video: MediaStreamTrack;
}

export class Link {
  readonly pc = new RTCPeerConnection();
  readonly slots: SlotStreams[] = [];
  readonly screen: MediaStreamTrack;
  peerId: string | null = null;
  private readonly senders: Record<SourceName, RTCRtpTransceiver>;
  private readonly slotTransceivers: { audio: RTCRtpTransceiver; video: RTCRtpTransceiver }[] = [];
  private readonly screenTransceiver: RTCRtpTransceiver;
  private offers = 0;

  constructor(plan: SendingPlan, slotCount: number, media: LocalMedia) {
    this.senders = {
      microphone: this.pc.addTransceiver(media.microphone ?? "audio", { direction: "sendonly" }),
      camera: this.pc.addTransceiver(media.camera ?? "video", {
        direction: "sendonly",
        sendEncodings: encodings(plan.camera),
      }),
      screen: this.pc.addTransceiver(media.screen ?? "video", {
        direction: "sendonly",
        sendEncodings: encodings(plan.screen),
      }),
    };
    prefer(this.senders.microphone, "audio", plan.audio_red ? ["audio/red", "audio/opus"] : ["audio/opus"]);
    const video = plan.codecs.map((name) => `video/${name}`);
    prefer(this.senders.camera, "video", video);
    prefer(this.senders.screen, "video", video);
    for (let index = 0; index < slotCount; index += 1) {
      const audio = this.pc.addTransceiver("audio", { direction: "recvonly" });
      const picture = this.pc.addTransceiver("video", { direction: "recvonly" });
      this.slotTransceivers.push({ audio, video: picture });
      this.slots.push({ audio: audio.receiver.track, video: picture.receiver.track });
    }
    this.screenTransceiver = this.pc.addTransceiver("video", { direction: "recvonly" });
    this.screen = this.screenTransceiver.receiver.track;
  }

  /** The offer to send; with `restart` new ICE credentials for the running connection. */
  async offer(restart: boolean): Promise<Offer> {
    await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: restart }));
    this.offers += 1;
    return {
      type: "offer",
      id: this.offers,
      sdp: this.pc.localDescription?.sdp ?? "",
      tracks: (Object.keys(this.senders) as SourceName[]).map((source) => ({
        mid: this.senders[source].mid ?? "",
        source,
      })),
      slots: this.slotTransceivers.map((slot) => ({ audio: slot.audio.mid, video: slot.video.mid })),
      screen: this.screenTransceiver.mid,
      restart,
    };
  }

  async answer(id: number, peerId: string, sdp: string): Promise<void> {
    if (id !== this.offers || this.pc.signalingState !== "have-local-offer") return;
    this.peerId = peerId;
    await this.pc.setRemoteDescription({ type: "answer", sdp });
  }

  async replace(source: SourceName, track: MediaStreamTrack | null): Promise<void> {
    await this.senders[source].sender.replaceTrack(track);
  }

  /** Send only these encodings: what nobody watches is not encoded. */
  async setActive(source: string, rids: string[]): Promise<void> {
    if (!(source in this.senders)) return;
    const sender = this.senders[source as SourceName].sender;
    const parameters = sender.getParameters();
    let changed = false;
    for (const encoding of parameters.encodings) {
      const active = encoding.rid === undefined || rids.includes(encoding.rid);
      changed ||= encoding.active !== active;
      encoding.active = active;
    }
    if (changed) await sender.setParameters(parameters);
  }

  close(): void {
    this.pc.onconnectionstatechange = null;
    this.pc.oniceconnectionstatechange = null;
    this.pc.close();
  }
}

function encodings(layers: LayerEncoding[]): RTCRtpEncodingParameters[] {
  return layers.map((layer) => ({
    rid: layer.rid,
    scaleResolutionDownBy: layer.scale_down_by,
    maxBitrate: layer.max_bitrate_bps,
    maxFramerate: layer.max_framerate,
  }));
}

/** Put the named codecs first, in this order, and keep the others behind them. */
function prefer(transceiver: RTCRtpTransceiver, kind: "audio" | "video", names: string[]): void {
  const all = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  if (!all.length || typeof transceiver.setCodecPreferences !== "function") return;
  const rank = (codec: { mimeType: string }) => {
    const found = names.findIndex((name) => name.toLowerCase() === codec.mimeType.toLowerCase());
    return found < 0 ? names.length : found;
  };
  transceiver.setCodecPreferences([...all].sort((a, b) => rank(a) - rank(b)));
}
