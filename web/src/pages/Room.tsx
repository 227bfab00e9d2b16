import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { arrange } from "../endpoint/arrange";
import { loadChoice, playTestSound } from "../endpoint/devices";
import type { Engine, EngineState } from "../endpoint/engine";
import { holdKiosk, kioskMode } from "../endpoint/kiosk";
import { isHere } from "../endpoint/stage";
import { shortHash } from "../endpoint/witness";
import type { Bye, RosterEntry } from "../protocol/messages";
import { useWakeLock } from "../ui/useWakeLock";
import { AudioOutput } from "./AudioOutput";
import { Controls } from "./Controls";
import { warmPdf } from "./documents/pdf";
import { saveSwitches } from "./GreenRoom";
import { Announcements } from "./room/Announcements";
import { ChairPanel } from "./room/ChairPanel";
import { Consultation } from "./room/Consultation";
import { Countdown } from "./room/Countdown";
import { documentFor, HiddenDocument, isOpen, MainStage } from "./room/DocumentStage";
import { AskDialog, FloorBar, handPlace } from "./room/Floor";
import { NoticeBar } from "./room/NoticeBar";
import { Own, pictureOf } from "./room/Stage";
import { TechnicianDrawer } from "./room/TechnicianDrawer";
import { WaitingPage } from "./room/WaitingPage";
import { Tile } from "./Tile";

export function Room({ engine, onOver }: { engine: Engine; onOver: (reason: Bye["reason"] | "left") => void }) {
  const { t } = useTranslation();
  const state = useSyncExternalStore(engine.subscribe, engine.snapshot);
  const [pinned, setPinned] = useState<string | null>(null);
  const [blocked, setBlocked] = useState(0);
  useEffect(() => {
    if (state.phase === "over" && state.over) onOver(state.over);
  }, [state.phase, state.over, onOver]);
  useEffect(() => {
    saveSwitches({ microphone: state.microphone, camera: state.camera });
  }, [state.microphone, state.camera]);
  useWakeLock();
  useLibrary(state);
  const kiosk = useMemo(kioskMode, []);
  useEffect(() => (kiosk ? holdKiosk() : undefined), [kiosk]);
  const [drawer, setDrawer] = useState(false);
  const [chairView, setChairView] = useState(readChairView);
  const leave = () => {
    engine.stop(true);
    onOver("left");
  };
  const called = useCalledIn(state);
  const tools = (
    <TechnicianDrawer engine={engine} state={state} opened={drawer} onClose={() => setDrawer(false)} onLeave={leave} />
  );
  if (state.room?.place === "waiting") {
    return (
      <>
        <WaitingPage engine={engine} state={state} onLeave={kiosk ? null : leave} openDrawer={() => setDrawer(true)} />
        {tools}
      </>
    );
  }
  const chair = state.room?.chair === true;
  const watches = state.roster.find((entry) => entry.id === state.endpointId)?.role === "observer";
  const eyes = chair && chairView ? "desk" : "room";
  const shown = documentFor(state, eyes);
  const plan = arrange({
    layout: state.room?.layout ?? "one_plus",
    me: state.endpointId,
    roster: state.roster,
    screenOf: state.slots?.screen.endpoint_id ?? null,
    spotlight: state.spotlight,
    speaker: state.speaker,
    pinned,
    watches,
    document: shown !== null,
  });
  return (
    <div className="room">
      <Head state={state} />
      <Banner state={state} />
      <main
        className="room-body"
        data-layout={plan.layout}
        data-chair={chair && chairView}
        data-watermark={state.session?.rehearsal ? t("stage.rehearsal") : undefined}
      >
        <MainStage engine={engine} state={state} shown={shown} plan={plan} />
        <FloorBar state={state} />
        {chair && chairView ? (
          <ChairPanel engine={engine} state={state} />
        ) : (
          (plan.own || plan.side.length > 0) && (
            <section className="room-side" aria-label={t("stage.participants")}>
              {plan.own && <Own engine={engine} state={state} />}
              {plan.side.map((entry) => (
                <OtherTile
                  key={entry.id}
                  engine={engine}
                  state={state}
                  entry={entry}
                  onClick={() => setPinned((before) => (before === entry.id ? null : entry.id))}
                />
              ))}
              <Observers state={state} />
            </section>
          )
        )}
      </main>
      <Controls
        engine={engine}
        state={state}
        onLeave={kiosk ? null : leave}
        openDrawer={() => setDrawer(true)}
        chairView={chair ? chairView : null}
        onChairView={(on) => {
          setChairView(on);
          localStorage.setItem(CHAIR_VIEW, on ? "1" : "0");
        }}
      />
      {tools}
      <Consultation engine={engine} state={state} />
      <NoticeBar engine={engine} state={state} />
      <HiddenDocument state={state} eyes={eyes} />
      <Announcements state={state} />
      <AskDialog engine={engine} state={state} />
      <Countdown startingAt={state.room?.starting_at ?? null} offsetMs={state.clockOffsetMs} />
      {called && (
        <div className="banner" data-kind="good" role="status" data-testid="called-in">
          {t("room.calledIn")}
        </div>
      )}
      <AudioOutput state={state} onBlocked={() => setBlocked((count) => count + 1)} retry={blocked} />
    </div>
  );
}

/** What draws documents is here before the session begins. */
function useLibrary(state: EngineState): void {
  const before = state.session !== null && !isOpen(state);
  useEffect(() => {
    if (before) warmPdf();
  }, [before]);
}

const CHAIR_VIEW = "diemcau.chairView";

function readChairView(): boolean {
  return localStorage.getItem(CHAIR_VIEW) === "1";
}

function Head({ state }: { state: EngineState }) {
  const { t } = useTranslation();
  const session = state.session;
  const quality = state.reconnecting ? "unknown" : (state.connection?.quality ?? "unknown");
  return (
    <header className="room-head">
      <img src="/mark.svg" alt="" width={32} height={32} />
      <h1>{session?.title ?? t("app.loading")}</h1>
      <span className="quality" data-testid="connection-quality">
        <span className="light" data-level={quality} />
        {state.reconnecting ? t("endpointState.reconnecting") : t(`quality.${quality}`)}
      </span>
      {session?.rehearsal && <span className="badge-plain">{t("stage.rehearsal")}</span>}
      {session?.recording === "recording" && (
        <span
          className="badge-rec"
          data-testid="recording-badge"
          role="status"
          title={state.witness ? t("stage.witness", { hash: shortHash(state.witness.head) }) : undefined}
        >
          {state.room?.notice?.banner ?? t("stage.recording")}
        </span>
      )}
      {session?.recording === "fault" && (
        <span className="badge-rec" data-fault="true" data-testid="recording-badge" role="alert">
          {t("stage.recordingFault")}
        </span>
      )}
    </header>
  );
}

function Banner({ state }: { state: EngineState }) {
  const { t } = useTranslation();
  const [wasLost, setWasLost] = useState(false);
  useEffect(() => {
    if (state.reconnecting) {
      setWasLost(true);
      return;
    }
    const timer = setTimeout(() => setWasLost(false), 3000);
    return () => clearTimeout(timer);
  }, [state.reconnecting]);
  if (state.reconnecting) {
    return (
      <div className="banner" role="alert" data-testid="reconnecting-banner">
        {t("stage.reconnecting")}
      </div>
    );
  }
  if (wasLost) {
    return (
      <div className="banner" data-kind="good" role="status" data-testid="reconnected-banner">
        {t("stage.back")}
      </div>
    );
  }
  const audioOnly = state.room?.audio_only
    ? t("room.audioOnly.byOperator")
    : state.audioOnly
      ? t("room.audioOnly.notice")
      : null;
  const text = state.problem ?? (state.locked ? t("stage.lockedNotice") : audioOnly);
  return text ? (
    <div className="banner" data-kind="info" role="status">
      {text}
    </div>
  ) : null;
}

function OtherTile(props: { engine: Engine; state: EngineState; entry: RosterEntry; onClick: () => void }) {
  const { engine, state, entry, onClick } = props;
  return (
    <Tile
      engine={engine}
      {...pictureOf(state, entry)}
      place="thumbnail"
      name={entry.name}
      hand={handPlace(state, entry.id)}
      onClick={onClick}
    />
  );
}

/** Who only watches is always named to everybody. */
function Observers({ state }: { state: EngineState }) {
  const { t } = useTranslation();
  const names = state.roster.filter((entry) => entry.role === "observer" && isHere(entry)).map((entry) => entry.name);
  if (!names.length) return null;
  return (
    <p className="observers" data-testid="observers">
      {t("room.observers", { names: names.join(", ") })}
    </p>
  );
}

const CALLED_MS = 6000;

/** Whether this room was let in some seconds ago: it is told with a soft sound, for it may be unattended. */
function useCalledIn(state: EngineState): boolean {
  const place = state.room?.place;
  const before = useRef(place);
  const [called, setCalled] = useState(false);
  useEffect(() => {
    const from = before.current;
    before.current = place;
    if (from !== "waiting" || place !== "room") return;
    setCalled(true);
    void playTestSound(loadChoice().speaker).catch(() => undefined);
    const timer = setTimeout(() => setCalled(false), CALLED_MS);
    return () => clearTimeout(timer);
  }, [place]);
  return called;
}
