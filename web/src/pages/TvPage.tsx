import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { arrange } from "../endpoint/arrange";
import { Engine } from "../endpoint/engine";
import { language } from "../i18n";
import { RehearsalMark } from "../ui/RehearsalMark";
import { useWakeLock } from "../ui/useWakeLock";
import { AudioOutput } from "./AudioOutput";
import { Countdown } from "./room/Countdown";
import { documentFor, MainStage } from "./room/DocumentStage";
import { FloorBar } from "./room/Floor";

declare global {
  interface Window {
    /** The engine of an endpoint's page, for the second screen that the page opens. */
    diemcauEngine?: Engine | null;
  }
}

const NOTHING = { microphone: null, camera: null, screen: null };

/**
 * A clean picture for the television in the room: no controls. Opened from an endpoint's page it shows what that page
 * already receives, over no further line; opened with a link of its own (an observer's) it receives and plays by itself.
 */
export function TvPage() {
  const { t } = useTranslation();
  const own = useMemo(() => {
    const token = location.hash.slice(1);
    if (!token) return null;
    history.replaceState(null, "", location.pathname);
    return new Engine(token, NOTHING, language(), { microphone: false, camera: false });
  }, []);
  useEffect(() => {
    own?.start();
    return () => own?.stop(false);
  }, [own]);
  const lent = useLentEngine(own === null);
  const engine = own ?? lent;
  if (!engine) return <Empty text={t("room.tv.lost")} />;
  return <Output engine={engine} sounds={own !== null} />;
}

/** The engine of the page that opened this window, for as long as it is there. */
function useLentEngine(wanted: boolean): Engine | null {
  const [engine, setEngine] = useState<Engine | null>(() => (wanted ? lentEngine() : null));
  useEffect(() => {
    if (!wanted) return;
    const timer = setInterval(() => setEngine(lentEngine()), 1000);
    return () => clearInterval(timer);
  }, [wanted]);
  return engine;
}

function lentEngine(): Engine | null {
  try {
    return (window.opener as Window | null)?.diemcauEngine ?? null;
  } catch {
    return null;
  }
}

function Output({ engine, sounds }: { engine: Engine; sounds: boolean }) {
  const { t } = useTranslation();
  const state = useSyncExternalStore(engine.subscribe, engine.snapshot);
  useWakeLock();
  const place = state.room?.place;
  if (state.phase === "over") return <Empty text={t(`over.${state.over ?? "ended"}`)} />;
  if (place !== "room") return <Empty text={place === "private" ? t("room.tv.private") : t("room.waiting.please")} />;
  const shown = documentFor(state, "room");
  const plan = arrange({
    layout: state.room?.layout ?? "one_plus",
    me: state.endpointId,
    roster: state.roster,
    screenOf: state.slots?.screen.endpoint_id ?? null,
    spotlight: state.spotlight,
    speaker: state.speaker,
    pinned: null,
    watches: sounds,
    document: shown !== null,
  });
  return (
    <main className="tv" data-testid="tv">
      <MainStage engine={engine} state={state} shown={shown} plan={plan} view="tv" />
      <FloorBar state={state} />
      {state.session?.recording === "recording" && (
        <span className="badge-rec tv-badge" role="status">
          {state.room?.notice?.banner ?? t("stage.recording")}
        </span>
      )}
      <Countdown startingAt={state.room?.starting_at ?? null} offsetMs={state.clockOffsetMs} />
      <RehearsalMark on={state.session?.rehearsal === true} />
      {sounds && <AudioOutput state={state} onBlocked={() => undefined} retry={0} />}
    </main>
  );
}

function Empty({ text }: { text: string }) {
  return (
    <main className="tv empty" data-testid="tv-empty">
      <img src="/mark.svg" alt="" width={96} height={96} />
      <p>{text}</p>
    </main>
  );
}
