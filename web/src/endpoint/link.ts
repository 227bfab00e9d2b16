// The one RTCPeerConnection: one offer with fixed receive slots, one answer.
import "webrtc-adapter";
import type { Offer, PicturePlan, SendingPlan } from "../protocol/messages";
import { offered, oversize, planPicture, planVoice } from "./encodings";

export type SourceName = "microphone" | "camera" | "camera2" | "screen";

const PICTURES = ["camera", "camera2", "screen"] as const;

export interface LocalMedia {
  microphone: MediaStreamTrack | null;
  camera: MediaStreamTrack | null;
  screen: MediaStreamTrack | null;
  /** A second picture of the room; offered only where there is one. */
  camera2?: MediaStreamTrack | null;
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
  private readonly senders: Partial<Record<SourceName, RTCRtpTransceiver>> & { microphone: RTCRtpTransceiver };
  private readonly slotTransceivers: { audio: RTCRtpTransceiver; video: RTCRtpTransceiver }[] = [];
  private readonly screenTransceiver: RTCRtpTransceiver;
  private offers = 0;
  private answered = false;
  private readonly needed: Partial<Record<SourceName, string[]>> = {};
  private setting: Promise<void> = Promise.resolve();

  constructor(
    private plan: SendingPlan,
    slotCount: number,
    media: LocalMedia,
  ) {
    this.senders = {
      microphone: this.pc.addTransceiver(media.microphone ?? "audio", { direction: "sendonly" }),
      camera: this.pc.addTransceiver(media.camera ?? "video", {
        direction: "sendonly",
        sendEncodings: offered(plan.camera),
      }),
      screen: this.pc.addTransceiver(media.screen ?? "video", {
        direction: "sendonly",
        sendEncodings: offered(plan.screen),
      }),
    };
    if (media.camera2) {
      const sendEncodings = offered(plan.camera);
      this.senders.camera2 = this.pc.addTransceiver(media.camera2, { direction: "sendonly", sendEncodings });
    }
    prefer(this.senders.microphone, "audio", plan.audio_red ? ["audio/red", "audio/opus"] : ["audio/opus"]);
    const video = plan.codecs.map((name) => `video/${name}`);
    for (const source of PICTURES) {
      const sender = this.senders[source];
      if (sender) prefer(sender, "video", video);
    }
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
        mid: this.senders[source]?.mid ?? "",
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
    this.answered = true;
    await this.setEncoders();
  }

  async replace(source: SourceName, track: MediaStreamTrack | null): Promise<void> {
    await this.senders[source]?.sender.replaceTrack(track);
    await this.setEncoders();
  }

  /** Another plan from now on; nothing is offered anew. */
  async follow(plan: SendingPlan): Promise<void> {
    this.plan = plan;
    await this.setEncoders();
  }

  /** Send only these encodings: what nobody watches is not encoded. */
  async setActive(source: string, rids: string[]): Promise<void> {
    if (!(source in this.senders)) return;
    this.needed[source as SourceName] = rids;
    await this.setEncoders();
  }

  /**
   * One change after the other: a browser refuses parameters that were read before the last change. One that it refuses
   * (the connection was closed meanwhile) is set with the next.
   */
  private setEncoders(): Promise<void> {
    this.setting = this.setting
      .then(async () => {
        if (!this.answered || this.pc.signalingState === "closed") return;
        await setVoice(this.senders.microphone.sender, this.plan.audio_bitrate_bps);
        for (const source of PICTURES) {
          const sender = this.senders[source]?.sender;
          if (sender) await setPicture(sender, this.plan[source], this.needed[source] ?? null);
        }
      })
      .catch(() => undefined);
    return this.setting;
  }

  close(): void {
    this.pc.onconnectionstatechange = null;
    this.pc.oniceconnectionstatechange = null;
    this.pc.close();
  }
}

async function setVoice(sender: RTCRtpSender, bitrate: number): Promise<void> {
  const parameters = sender.getParameters();
  if (planVoice(parameters.encodings, bitrate)) await sender.setParameters(parameters);
}

async function setPicture(sender: RTCRtpSender, plan: PicturePlan, needed: string[] | null): Promise<void> {
  if (sender.track) await constrain(sender.track, plan);
  const factor = sender.track ? oversize(sender.track.getSettings(), plan) : 1;
  const parameters = sender.getParameters();
  if (planPicture(parameters.encodings, plan.encodings, needed, factor)) await sender.setParameters(parameters);
}

const constrained = new WeakMap<MediaStreamTrack, string>();

/** Let the device make what is asked for; what it cannot do is left to the encoders. */
async function constrain(track: MediaStreamTrack, plan: PicturePlan): Promise<void> {
  const { width, height, framerate } = plan;
  const size = `${width} ${height} ${framerate}`;
  if (!width || constrained.get(track) === size) return;
  constrained.set(track, size);
  await track
    .applyConstraints({
      ...track.getConstraints(),
      width: { ideal: width },
      height: { ideal: height },
      frameRate: { ideal: framerate, max: framerate },
    })
    .catch(() => undefined);
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
