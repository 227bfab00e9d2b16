import {
  IconDeviceTv,
  IconGavel,
  IconHandOff,
  IconHandStop,
  IconLock,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhoneOff,
  IconScreenShare,
  IconScreenShareOff,
  IconVideo,
  IconVideoOff,
} from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Engine, EngineState } from "../endpoint/engine";
import { Confirm, type Question } from "../ui/confirm";
import { handPlace } from "./room/Floor";
import { MoreMenu } from "./room/MoreMenu";

interface Props {
  engine: Engine;
  state: EngineState;
  /** Null on a kiosk: it does not leave. */
  onLeave: (() => void) | null;
  openDrawer: () => void;
  /** Whether the chair's sheet stands beside the picture; null: this is not the chair's room. */
  chairView: boolean | null;
  onChairView: (on: boolean) => void;
}

export function Controls({ engine, state, onLeave, openDrawer, chairView, onChairView }: Props) {
  const watches = state.roster.find((entry) => entry.id === state.endpointId)?.role === "observer";
  const { t } = useTranslation();
  const [question, setQuestion] = useState<Question | null>(null);
  useShortcuts(engine);
  const hand = handPlace(state, state.endpointId);
  const share = () => (state.screen ? engine.stopScreen() : void engine.startScreen().catch(() => undefined));
  if (watches) {
    return (
      <footer className="room-foot">
        <p className="watching">{t("room.observing")}</p>
        <MoreMenu engine={engine} state={state} openDrawer={openDrawer} />
        {onLeave && (
          <button type="button" className="big" data-danger="true" data-testid="leave-button" onClick={onLeave}>
            <IconPhoneOff />
            <span>{t("stage.leave")}</span>
          </button>
        )}
      </footer>
    );
  }
  return (
    <footer className="room-foot" title={t("stage.shortcuts")}>
      <button
        type="button"
        className="big"
        data-off={!state.microphone}
        data-testid="mic-button"
        aria-pressed={state.microphone}
        disabled={state.locked}
        onClick={() => engine.setMicrophone(!state.microphone)}
      >
        {state.locked ? <IconLock /> : state.microphone ? <IconMicrophone /> : <IconMicrophoneOff />}
        <span>{t(state.locked ? "stage.micLocked" : state.microphone ? "stage.micOn" : "stage.micOff")}</span>
      </button>
      <button
        type="button"
        className="big"
        data-off={!state.camera}
        data-testid="camera-button"
        aria-pressed={state.camera}
        onClick={() => engine.setCamera(!state.camera)}
      >
        {state.camera ? <IconVideo /> : <IconVideoOff />}
        <span>{t(state.camera ? "stage.camOn" : "stage.camOff")}</span>
      </button>
      <button type="button" className="big" data-testid="screen-button" aria-pressed={state.screen} onClick={share}>
        {state.screen ? <IconScreenShareOff /> : <IconScreenShare />}
        <span>{t(state.screen ? "stage.screenOff" : "stage.screenOn")}</span>
      </button>
      {state.room?.chair !== true && (
        <button
          type="button"
          className="big"
          data-testid="hand-button"
          data-raised={hand > 0}
          aria-pressed={hand > 0}
          onClick={() => engine.talk.raiseHand(hand === 0)}
        >
          {hand > 0 ? <IconHandOff /> : <IconHandStop />}
          <span>{hand > 0 ? t("room.hand.lower", { place: hand }) : t("room.hand.raise")}</span>
        </button>
      )}
      {chairView !== null && (
        <>
          <button
            type="button"
            className="big"
            data-testid="chair-view"
            aria-pressed={chairView}
            onClick={() => onChairView(!chairView)}
          >
            <IconGavel />
            <span>{t(chairView ? "room.chair.hide" : "room.chair.show")}</span>
          </button>
          <button
            type="button"
            className="big"
            data-testid="open-tv"
            onClick={() => window.open("/tv", "diemcau-tv", "popup,width=1280,height=720")}
          >
            <IconDeviceTv />
            <span>{t("room.tv.open")}</span>
          </button>
        </>
      )}
      <MoreMenu engine={engine} state={state} openDrawer={openDrawer} />
      {onLeave && (
        <button
          type="button"
          className="big"
          data-danger="true"
          data-testid="leave-button"
          onClick={() =>
            setQuestion({
              title: t("stage.confirmLeave"),
              text: t("stage.confirmLeaveText"),
              action: t("stage.leave"),
              onYes: onLeave,
            })
          }
        >
          <IconPhoneOff />
          <span>{t("stage.leave")}</span>
        </button>
      )}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </footer>
  );
}

function useShortcuts(engine: Engine): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const state = engine.snapshot();
      const actions: Record<string, () => void> = {
        m: () => engine.setMicrophone(!state.microphone),
        c: () => engine.setCamera(!state.camera),
        h: () => engine.talk.raiseHand(handPlace(state, state.endpointId) === 0),
        s: () => (state.screen ? engine.stopScreen() : void engine.startScreen().catch(() => undefined)),
      };
      actions[event.key.toLowerCase()]?.();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [engine]);
}
