// An endpoint's session: joins, stays, and comes back by itself. No React in here.
import type {
  Answer,
  Bye,
  Connection,
  Drawer,
  Evidence,
  ForceMedia,
  Layers,
  Problem,
  ReOffer,
  RoomState,
  Roster,
  Sending,
  SendingPlan,
  ServerMessage,
  SessionChanged,
  Slots,
  Speaker,
  Technical,
  Want,
  Welcome,
} from "../protocol/messages";
import { clockOffset } from "./clock";
import { deviceName } from "./device";
import { type EngineState, initialState, wordsOf } from "./engineState";
import { FlowMeter } from "./flow";
import { Link, type LocalMedia, type SourceName } from "./link";
import { PowerWatch } from "./power";
import { RoomTalk } from "./roomTalk";
import { Signal } from "./signal";
import { takeSnapshots } from "./snapshots";
import { keepWitness } from "./witness";

export type { EngineState };

const ICE_PATIENCE_MS = 2000;
const STATS_MS = 2000;
const VIEW_DELAY_MS = 120;

export class Engine {
  private state: EngineState;
  private readonly listeners = new Set<() => void>();
  private readonly signal: Signal;
  private readonly flow = new FlowMeter();
  private readonly power = new PowerWatch();
  private readonly wants = new Map<string, Want>();
  private readonly media: LocalMedia;
  private readonly stopSnapshots: () => void;
  /** What the people here say about the room. */
  readonly talk: RoomTalk;
  private welcome: Welcome | null = null;
  private timers: ReturnType<typeof setInterval>[] = [];
  private iceTimer: ReturnType<typeof setTimeout> | undefined;
  private viewTimer: ReturnType<typeof setTimeout> | undefined;
  private online = false;
  private networkMoved = false;

  constructor(
    private readonly token: string,
    media: LocalMedia,
    private readonly language: "vi" | "en",
    switches: { microphone: boolean; camera: boolean },
    private readonly takeOver = false,
  ) {
    this.media = { ...media };
    this.state = initialState(media, switches);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.signal = new Signal(`${scheme}://${location.host}/api/v1/signal`, () => this.hello(), {
      onMessage: (message) => this.receive(message),
      onOnline: (online) => this.setOnline(online),
    });
    this.talk = new RoomTalk((message) => this.signal.send(message));
    this.stopSnapshots = takeSnapshots(
      () => (this.state.camera ? this.media.camera : null),
      () => this.state.room?.snapshots === true && this.online,
      (jpeg) => this.signal.send({ type: "snapshot", jpeg }),
    );
  }

  /** The token of this endpoint's link, for what is asked of the HTTP API. */
  get access(): string {
    return this.token;
  }

  /** The second camera, chosen by the technician; null: none. A new connection is made, for it is one more picture. */
  setSecondCamera(track: MediaStreamTrack | null): void {
    this.media.camera2?.stop();
    this.media.camera2 = track;
    this.change({ camera2: track !== null });
    if (this.welcome && this.state.link) void this.rebuild(this.state.room?.slots ?? this.welcome.slots);
  }

  get secondCamera(): MediaStreamTrack | null {
    return this.media.camera2 ?? null;
  }

  /** Makes the media connection anew; the seat and everybody's view of it stay. */
  reconnectMedia(): void {
    if (this.welcome && this.state.link) void this.rebuild(this.state.room?.slots ?? this.welcome.slots);
  }

  start(): void {
    this.applySwitches();
    this.signal.open();
    this.timers.push(setInterval(() => void this.measure(), STATS_MS));
    window.addEventListener("online", this.networkChanged);
    document.addEventListener("visibilitychange", this.sendView);
  }

  stop(leave: boolean): void {
    if (leave) this.signal.send({ type: "leave" });
    for (const timer of this.timers) clearInterval(timer);
    this.stopSnapshots();
    clearTimeout(this.iceTimer);
    window.removeEventListener("online", this.networkChanged);
    document.removeEventListener("visibilitychange", this.sendView);
    this.signal.close();
    this.state.link?.close();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): EngineState => this.state;

  get ownCamera(): MediaStreamTrack | null {
    return this.media.camera;
  }

  get ownMicrophone(): MediaStreamTrack | null {
    return this.media.microphone;
  }

  // --- what the person does ---

  setMicrophone(on: boolean): void {
    if (on && this.state.locked) return;
    this.change({ microphone: on && this.media.microphone !== null });
    this.applySwitches();
    this.signal.send({ type: "media", source: "microphone", enabled: this.state.microphone });
  }

  setCamera(on: boolean): void {
    this.change({ camera: on && this.media.camera !== null });
    this.applySwitches();
    this.signal.send({ type: "media", source: "camera", enabled: this.state.camera });
  }

  async startScreen(): Promise<void> {
    const frameRate = this.welcome?.sending.screen.framerate || 10;
    const shared = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate }, audio: false });
    const track = shared.getVideoTracks()[0] ?? null;
    if (!track) return;
    track.onended = () => this.stopScreen();
    this.media.screen = track;
    await this.state.link?.replace("screen", track);
    this.change({ screen: true });
    this.signal.send({ type: "media", source: "screen", enabled: true });
  }

  stopScreen(): void {
    this.media.screen?.stop();
    this.media.screen = null;
    void this.state.link?.replace("screen", null);
    this.change({ screen: false });
    this.signal.send({ type: "media", source: "screen", enabled: false });
  }

  /** Another device was chosen, or one was unplugged (null). */
  setTrack(source: SourceName, track: MediaStreamTrack | null): void {
    this.media[source] = track;
    this.applySwitches();
  }

  /** No pictures either way, to keep a weak line for the voices: by the people here, or by the operator. */
  get audioOnly(): boolean {
    return this.state.audioOnly || this.state.room?.audio_only === true;
  }

  setAudioOnly(on: boolean): void {
    this.change({ audioOnly: on });
    if (on) this.setCamera(false);
    this.sendView();
  }

  /** Answer to the operator's request to switch something on. */
  consent(source: "microphone" | "camera", granted: boolean): void {
    this.signal.send({ type: "consent", source, granted });
    if (!granted) return;
    if (source === "microphone") this.setMicrophone(true);
    else this.setCamera(true);
  }

  /** What a tile shows, in physical pixels; null: nothing any more. */
  want(key: string, want: Want | null): void {
    if (want) this.wants.set(key, want);
    else this.wants.delete(key);
    clearTimeout(this.viewTimer);
    this.viewTimer = setTimeout(this.sendView, VIEW_DELAY_MS);
  }

  // --- the server ---

  private hello() {
    return {
      type: "hello" as const,
      token: this.token,
      resume: this.state.link?.peerId ?? null,
      language: this.language,
      device: deviceName(),
      take_over: this.takeOver && this.welcome === null,
    };
  }

  private receive(message: ServerMessage): void {
    const handlers: { [T in ServerMessage as NonNullable<T["type"]>]?: (message: never) => void } = {
      welcome: (m: Welcome) => void this.enter(m),
      answer: (m: Answer) => void this.state.link?.answer(m.id, m.peer_id, m.sdp),
      slots: (m: Slots) => this.change({ slots: m }),
      roster: (m: Roster) => this.change({ roster: m.roster }),
      drawer: (m: Drawer) => this.change({ drawer: m }),
      technical: (m: Technical) => this.change({ technical: m.lines }),
      room: (m: RoomState) => this.moved(m),
      session: (m: SessionChanged) => this.change({ session: m.session }),
      speaker: (m: Speaker) => this.change({ speaker: m.endpoint_id ?? null, spotlight: m.spotlight ?? null }),
      layers: (m: Layers) => void this.state.link?.setActive(m.source, m.active),
      sending: (m: Sending) => this.plan(m.sending),
      force_media: (m: ForceMedia) => this.forced(m),
      connection: (m: Connection) => this.change({ connection: m }),
      reoffer: (m: ReOffer) => void this.rebuild(m.slots),
      evidence: (m: Evidence) => this.change({ witness: keepWitness(this.state.session?.id ?? "", m) }),
      error: (m: Problem) => this.refused(m),
      bye: (m: Bye) => this.ended(m.reason),
    };
    const handler = handlers[message.type as keyof typeof handlers] as ((message: ServerMessage) => void) | undefined;
    handler?.(message);
  }

  private async enter(message: Welcome): Promise<void> {
    this.welcome = message;
    this.change({
      phase: "joined",
      problem: null,
      endpointId: message.endpoint_id,
      session: message.session,
      roster: message.roster,
      room: message.room,
      clockOffsetMs: clockOffset(message.room.now, Date.now()),
    });
    if (message.room.place === "waiting") {
      this.unlink();
    } else if (message.resumed && this.state.link) {
      this.plan(message.sending);
      const ice = this.state.link.pc.iceConnectionState;
      if (this.networkMoved || ice === "disconnected" || ice === "failed") await this.restartIce();
    } else {
      await this.rebuild(message.slots);
    }
    this.networkMoved = false;
    this.announceSwitches();
    this.sendView();
  }

  /** Let in, sent back to wait, or in another room: each place has a media connection of its own, waiting none. */
  private moved(room: RoomState): void {
    const before = this.state.room?.place;
    this.change({ room, clockOffsetMs: clockOffset(room.now, Date.now()) });
    this.sendView();
    if (room.place === before) return;
    if (room.place === "waiting") this.unlink();
    else void this.rebuild(room.slots);
  }

  private unlink(): void {
    this.state.link?.close();
    clearTimeout(this.iceTimer);
    this.flow.reset();
    this.change({ link: null, slots: null, reconnecting: false });
  }

  /** A microphone that was off stays off: the server is told after every return. */
  private announceSwitches(): void {
    this.signal.send({ type: "media", source: "microphone", enabled: this.state.microphone });
    this.signal.send({ type: "media", source: "camera", enabled: this.state.camera });
    if (this.state.screen) this.signal.send({ type: "media", source: "screen", enabled: true });
  }

  /** Another profile, a cap, or a part of the line: the encoders follow, the connection stays. */
  private plan(sending: SendingPlan): void {
    if (this.welcome) this.welcome = { ...this.welcome, sending };
    void this.state.link?.follow(sending);
  }

  private forced(message: ForceMedia): void {
    if (message.source === "microphone") {
      this.change({
        microphone: message.enabled && this.state.microphone,
        locked: message.locked,
      });
    } else if (message.source === "camera" && !message.enabled) this.change({ camera: false });
    this.applySwitches();
  }

  private refused(message: Problem): void {
    if (message.code === "invalid_offer" && this.welcome) void this.rebuild(this.welcome.slots);
    else if (message.code !== "not_admitted") this.change({ problem: wordsOf(message, this.language) });
  }

  private ended(reason: Bye["reason"]): void {
    this.change({ phase: "over", over: reason });
    this.stop(false);
  }

  // --- the media connection ---

  private async rebuild(slots: number): Promise<void> {
    if (!this.welcome) return;
    this.state.link?.close();
    this.flow.reset();
    const sending: LocalMedia = { ...this.media, camera: this.state.camera ? this.media.camera : null };
    const link = new Link(this.welcome.sending, slots, sending);
    link.pc.oniceconnectionstatechange = () => this.iceChanged(link);
    link.pc.onconnectionstatechange = () => {
      if (link.pc.connectionState === "failed" && link === this.state.link) void this.restartIce();
    };
    this.change({ link, slots: null });
    this.signal.send(await link.offer(false));
  }

  private iceChanged(link: Link): void {
    if (link !== this.state.link) return;
    clearTimeout(this.iceTimer);
    const ice = link.pc.iceConnectionState;
    if (ice === "failed") void this.restartIce();
    else if (ice === "disconnected") {
      this.change({ reconnecting: true });
      this.iceTimer = setTimeout(() => void this.restartIce(), ICE_PATIENCE_MS);
    }
  }

  private async restartIce(): Promise<void> {
    const link = this.state.link;
    if (!link || !this.online) return; // after the next welcome
    this.change({ reconnecting: true });
    this.flow.reset();
    if (link.pc.signalingState === "closed") return;
    this.signal.send(await link.offer(true));
  }

  private readonly networkChanged = (): void => {
    this.networkMoved = true;
    this.signal.reconnectNow();
  };

  private setOnline(online: boolean): void {
    this.online = online;
    if (!online && this.state.phase === "joined") {
      this.flow.reset();
      this.change({ reconnecting: true });
    }
  }

  /** "Reconnected" only when media flow again. */
  private async measure(): Promise<void> {
    const link = this.state.link;
    if (!link) {
      this.signal.send({ type: "stats", ...this.power.now });
      return;
    }
    const others = this.state.slots?.slots.some((slot) => slot.video === "flowing") ?? false;
    const camera = this.state.camera ? this.media.camera : null;
    const stats = await this.flow.read(link.pc, others, camera);
    this.signal.send({ ...stats, ...this.power.now });
    if (this.state.reconnecting && this.online && this.flow.flowing) this.change({ reconnecting: false });
  }

  private applySwitches(): void {
    const { microphone, camera } = this.state;
    if (this.media.microphone) this.media.microphone.enabled = microphone;
    void this.state.link?.replace("microphone", this.media.microphone);
    void this.state.link?.replace("camera", camera ? this.media.camera : null);
  }

  private readonly sendView = (): void => {
    const hidden = document.hidden || this.audioOnly;
    this.signal.send({
      type: "view",
      wants: [...this.wants.values()].map((want) => (hidden ? { ...want, width: 0, height: 0 } : want)),
    });
  };

  private change(part: Partial<EngineState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}
