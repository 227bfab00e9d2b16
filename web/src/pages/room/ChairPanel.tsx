import {
  IconDoor,
  IconHandStop,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconSquare,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { clock } from "../../endpoint/clock";
import type { Engine, EngineState } from "../../endpoint/engine";
import { isHere } from "../../endpoint/stage";
import { duration } from "../../ui/format";
import { useServerNow } from "../../ui/useServerNow";
import { ChairDocuments } from "./ChairDocuments";
import { ChairEnd } from "./ChairEnd";

interface Props {
  engine: Engine;
  state: EngineState;
}

/** The chair's sheet: who talks, who waits, how long it has been; call, stop, pause, end. Nothing technical. */
export function ChairPanel({ engine, state }: Props) {
  const { t } = useTranslation();
  const session = state.session;
  const now = useServerNow(state.clockOffsetMs);
  const nameOf = (id: string | null | undefined) => state.roster.find((entry) => entry.id === id)?.name ?? "";
  const turn = state.room?.turn ?? null;
  const hands = state.room?.hands ?? [];
  const others = state.roster.filter((entry) => entry.role === "delegate" && isHere(entry));
  const left = turn ? (Date.parse(turn.due_at) - now) / 1000 : 0;
  const live = session?.state === "live";
  return (
    <section className="chair" aria-label={t("room.chair.title")} data-testid="chair-panel">
      <div className="chair-time">
        <span>
          {new Intl.DateTimeFormat("vi-VN", { timeStyle: "short", timeZone: "Asia/Ho_Chi_Minh" }).format(now)}
        </span>
        {session?.started_at && (
          <small>{t("room.chair.since", { time: duration((now - Date.parse(session.started_at)) / 1000) })}</small>
        )}
      </div>
      <Script engine={engine} state={state} now={now} />
      <h2>{t("room.chair.speaking")}</h2>
      {turn ? (
        <div className="chair-turn" data-level={left < 0 ? "over" : ""} data-testid="chair-turn">
          <strong>{nameOf(turn.endpoint_id)}</strong>
          <span>{left < 0 ? t("room.floor.over", { time: clock(-left) }) : clock(left)}</span>
          <button
            type="button"
            className="big"
            data-testid="chair-stop"
            onClick={() => engine.talk.command("stop_speaker")}
          >
            <IconSquare /> {t("room.chair.stop")}
          </button>
        </div>
      ) : (
        <p className="chair-none">{nameOf(state.speaker) || t("room.chair.nobody")}</p>
      )}
      <h2>{t("room.chair.queue")}</h2>
      <ol className="chair-queue">
        {hands.map((hand) => (
          <li key={hand.endpoint_id}>
            <IconHandStop size={20} aria-hidden />
            <span>{nameOf(hand.endpoint_id)}</span>
            <button
              type="button"
              className="big small"
              data-testid={`chair-call-${hand.endpoint_id}`}
              onClick={() => engine.talk.command("call", hand.endpoint_id)}
            >
              {t("room.chair.call")}
            </button>
          </li>
        ))}
        {hands.length === 0 && <li className="chair-none">{t("room.chair.noHands")}</li>}
      </ol>
      <button
        type="button"
        className="big wide"
        disabled={hands.length === 0}
        data-testid="chair-next"
        onClick={() => engine.talk.command("next")}
      >
        <IconPlayerSkipForward /> {t("room.chair.next")}
      </button>
      <h2>{t("room.chair.rooms")}</h2>
      <ul className="chair-queue">
        {others
          .filter((entry) => !hands.some((hand) => hand.endpoint_id === entry.id) && entry.id !== turn?.endpoint_id)
          .map((entry) => (
            <li key={entry.id}>
              <span className="light" data-level={entry.quality} />
              <span>{entry.name}</span>
              <button
                type="button"
                className="big small"
                data-testid={`chair-call-${entry.id}`}
                onClick={() => engine.talk.command("call", entry.id)}
              >
                {t("room.chair.call")}
              </button>
              <button
                type="button"
                className="big small plain"
                title={t("room.private.invite", { name: entry.name })}
                aria-label={t("room.private.invite", { name: entry.name })}
                data-testid={`chair-private-${entry.id}`}
                onClick={() => engine.talk.command("private_invite", entry.id)}
              >
                <IconDoor size={20} />
              </button>
            </li>
          ))}
      </ul>
      <ChairDocuments engine={engine} state={state} />
      <div className="chair-foot">
        {live ? (
          <button type="button" className="big" data-testid="chair-pause" onClick={() => engine.talk.command("pause")}>
            <IconPlayerPause /> {t("live.pause")}
          </button>
        ) : (
          <button
            type="button"
            className="big"
            disabled={session?.state !== "paused" && session?.state !== "interrupted"}
            data-testid="chair-resume"
            onClick={() => engine.talk.command("resume")}
          >
            <IconPlayerPlay /> {t("live.resume")}
          </button>
        )}
        <ChairEnd engine={engine} state={state} />
      </div>
    </section>
  );
}

/** The item of the script that runs, and the next. */
function Script({ engine, state, now }: Props & { now: number }) {
  const { t } = useTranslation();
  const item = state.room?.item;
  const next = state.room?.next_item;
  if (!item && !next) return null;
  return (
    <div className="chair-script" data-testid="chair-script">
      {item && (
        <p>
          <strong>{item.title}</strong>
          {item.started_at && <span>{clock((now - Date.parse(item.started_at)) / 1000)}</span>}
          <button type="button" className="big small" onClick={() => engine.talk.command("stop_item", null, item.id)}>
            {t("room.chair.done")}
          </button>
        </p>
      )}
      {next && (
        <p>
          <span>
            {t("room.chair.nextItem")} {next.title}
          </span>
          <button
            type="button"
            className="big small"
            data-testid="chair-start-item"
            onClick={() => engine.talk.command("start_item", null, next.id)}
          >
            {t("room.chair.start")}
          </button>
        </p>
      )}
    </div>
  );
}
