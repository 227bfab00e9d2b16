import { useTranslation } from "react-i18next";
import { type Arrangement, columnsFor, type Shown } from "../../endpoint/arrange";
import type { Engine, EngineState } from "../../endpoint/engine";
import type { RosterEntry } from "../../protocol/messages";
import { Picture, Tile } from "../Tile";
import { handPlace } from "./Floor";

interface Props {
  engine: Engine;
  state: EngineState;
  plan: Arrangement;
  /** Set apart what two windows of one endpoint show. */
  view?: string;
}

/** The large pictures, as the operators arranged them. */
export function Stage({ engine, state, plan, view }: Props) {
  const { t } = useTranslation();
  const kind = state.session?.state ?? "draft";
  const notice = { paused: "stage.pausedNow", interrupted: "stage.interruptedNow", live: null, ended: null };
  const text = kind in notice ? notice[kind as keyof typeof notice] : "stage.waiting";
  const note = text ?? (plan.mains.length === 0 ? "stage.alone" : null);
  if (note) {
    return (
      <section className="room-main">
        <div className="tile fill" {...(text ? { "data-testid": "notice" } : {})}>
          <div className="tile-note">{t(note)}</div>
        </div>
      </section>
    );
  }
  const columns = plan.layout === "grid" ? columnsFor(plan.mains.length) : plan.mains.length;
  return (
    <section
      className="room-main"
      data-layout={plan.layout}
      data-testid="stage"
      style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
    >
      {plan.mains.map((shown, index) => (
        <div className="cell" key={`${shown.kind}/${shown.endpointId}`}>
          <Main engine={engine} state={state} shown={shown} first={index === 0} layout={plan.layout} view={view} />
        </div>
      ))}
    </section>
  );
}

interface MainProps {
  engine: Engine;
  state: EngineState;
  shown: Shown;
  first: boolean;
  layout: Arrangement["layout"];
  view?: string | undefined;
}

function Main({ engine, state, shown, first, layout, view }: MainProps) {
  const { t } = useTranslation();
  const entry = state.roster.find((each) => each.id === shown.endpointId);
  if (shown.kind === "own") return <Own engine={engine} state={state} fill />;
  if (!entry) return null;
  if (shown.kind === "screen") {
    const screen = state.slots?.screen;
    const slot = screen
      ? {
          index: 0,
          endpoint_id: entry.id,
          audio: false,
          video: screen.video ?? "waiting",
          why: screen.why ?? "",
          width: 0,
          height: 0,
        }
      : null;
    return (
      <Tile
        engine={engine}
        entry={entry}
        slot={slot}
        track={state.link?.screen ?? null}
        place="screen"
        source="screen"
        name={t("stage.screenOf", { name: entry.name })}
        fill
        view={view}
      />
    );
  }
  return (
    <Tile
      engine={engine}
      {...pictureOf(state, entry)}
      place={layout === "grid" ? "thumbnail" : "stage"}
      name={entry.name}
      hand={handPlace(state, entry.id)}
      fill
      testid={first ? "stage-main" : `main-${entry.id}`}
      view={view}
    />
  );
}

export function pictureOf(state: EngineState, entry: RosterEntry) {
  const slot = state.slots?.slots.find((each) => each.endpoint_id === entry.id) ?? null;
  const track = slot ? (state.link?.slots[slot.index]?.video ?? null) : null;
  return { entry, slot, track };
}

/** This room's own picture, mirrored as people know themselves. */
export function Own({ engine, state, fill }: { engine: Engine; state: EngineState; fill?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={`tile mirror${fill ? " fill" : ""}`} data-testid="own-picture">
      <Picture track={state.camera ? engine.ownCamera : null} />
      {!state.camera && <div className="tile-note">{t("stage.off")}</div>}
      <div className="tile-plate">{t("stage.me")}</div>
    </div>
  );
}
