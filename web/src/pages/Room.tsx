import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { SessionState } from "../api/types";
import type { Engine, EngineState } from "../endpoint/engine";
import { chooseStage, isHere } from "../endpoint/stage";
import { shortHash } from "../endpoint/witness";
import type { Bye, RosterEntry } from "../protocol/messages";
import { AudioOutput } from "./AudioOutput";
import { Controls } from "./Controls";
import { saveSwitches } from "./GreenRoom";
import { Picture, Tile } from "./Tile";

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
  const others = state.roster.filter((entry) => entry.id !== state.endpointId && isHere(entry));
  return (
    <div className="room">
      <Head state={state} />
      <Banner state={state} />
      <main className="room-body">
        <Stage engine={engine} state={state} pinned={pinned} />
        <section className="room-side" aria-label={t("stage.participants")}>
          <Own engine={engine} state={state} />
          {others.map((entry) => (
            <OtherTile
              key={entry.id}
              engine={engine}
              state={state}
              entry={entry}
              onClick={() => setPinned((before) => (before === entry.id ? null : entry.id))}
            />
          ))}
        </section>
      </main>
      <Controls
        engine={engine}
        state={state}
        onLeave={() => {
          engine.stop(true);
          onOver("left");
        }}
      />
      <AudioOutput state={state} onBlocked={() => setBlocked((count) => count + 1)} retry={blocked} />
    </div>
  );
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
          {t("stage.recording")}
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
  const text = state.problem ?? (state.locked ? t("stage.lockedNotice") : null);
  return text ? (
    <div className="banner" data-kind="info" role="status">
      {text}
    </div>
  ) : null;
}

/** What the stage says while nothing is shown on it; null: the session runs, or is over. */
function noticeOf(state: SessionState | undefined): string | null {
  if (state === "paused") return "stage.pausedNow";
  if (state === "interrupted") return "stage.interruptedNow";
  return state && ["live", "ended", "archived", "cancelled"].includes(state) ? null : "stage.waiting";
}

function Stage({ engine, state, pinned }: { engine: Engine; state: EngineState; pinned: string | null }) {
  const { t } = useTranslation();
  const screenOf = state.slots?.screen.endpoint_id ?? null;
  const choice = chooseStage({
    me: state.endpointId,
    roster: state.roster,
    screenOf,
    spotlight: state.spotlight,
    speaker: state.speaker,
    pinned,
  });
  const notice = noticeOf(state.session?.state);
  const entry = state.roster.find((each) => each.id === choice.endpointId);
  return (
    <section className="room-main">
      {notice ? (
        <div className="tile fill" data-testid="notice">
          <div className="tile-note">{t(notice)}</div>
        </div>
      ) : !entry ? (
        <div className="tile fill">
          <div className="tile-note">{t("stage.alone")}</div>
        </div>
      ) : choice.kind === "screen" ? (
        <Tile
          engine={engine}
          entry={entry}
          slot={
            state.slots
              ? {
                  index: 0,
                  endpoint_id: entry.id,
                  audio: false,
                  video: state.slots.screen.video ?? "waiting",
                  why: state.slots.screen.why ?? "",
                  width: 0,
                  height: 0,
                }
              : null
          }
          track={state.link?.screen ?? null}
          place="screen"
          source="screen"
          name={t("stage.screenOf", { name: entry.name })}
          fill
        />
      ) : (
        <Tile engine={engine} {...pictureOf(state, entry)} place="stage" name={entry.name} fill />
      )}
    </section>
  );
}

function OtherTile(props: { engine: Engine; state: EngineState; entry: RosterEntry; onClick: () => void }) {
  const { engine, state, entry, onClick } = props;
  return <Tile engine={engine} {...pictureOf(state, entry)} place="thumbnail" name={entry.name} onClick={onClick} />;
}

function pictureOf(state: EngineState, entry: RosterEntry) {
  const slot = state.slots?.slots.find((each) => each.endpoint_id === entry.id) ?? null;
  const track = slot ? (state.link?.slots[slot.index]?.video ?? null) : null;
  return { entry, slot, track };
}

function Own({ engine, state }: { engine: Engine; state: EngineState }) {
  const { t } = useTranslation();
  return (
    <div className="tile mirror" data-testid="own-picture">
      <Picture track={state.camera ? engine.ownCamera : null} />
      {!state.camera && <div className="tile-note">{t("stage.off")}</div>}
      <div className="tile-plate">{t("stage.me")}</div>
    </div>
  );
}

/** The screen of a room must not go dark during a session. */
function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    const take = () => {
      if (!document.hidden) {
        void navigator.wakeLock?.request("screen").then(
          (got) => {
            lock = got;
          },
          () => undefined,
        );
      }
    };
    take();
    document.addEventListener("visibilitychange", take);
    return () => {
      document.removeEventListener("visibilitychange", take);
      void lock?.release();
    };
  }, []);
}
