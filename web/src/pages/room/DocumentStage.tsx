import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { asEndpoint } from "../../api/caller";
import type { Arrangement } from "../../endpoint/arrange";
import type { Engine, EngineState } from "../../endpoint/engine";
import type { ShownDocument } from "../../protocol/messages";
import { DocumentPicture } from "../documents/DocumentPicture";
import { useFile } from "../documents/useFile";
import { Stage } from "./Stage";

/** Who looks at the page: everybody in the room, or the chair alone at his desk. */
export type Eyes = "room" | "desk";

/** The document that stands on this page now. What is for the chair alone is on no screen that the room sees. */
export function documentFor(state: EngineState, eyes: Eyes): ShownDocument | null {
  const found = state.room?.document ?? null;
  return found && (eyes === "desk" || !found.desk_only) ? found : null;
}

/** Whether the session runs, so that documents can be shown. */
export function isOpen(state: EngineState): boolean {
  return ["live", "paused", "interrupted"].includes(state.session?.state ?? "");
}

/** What is large: the document that is shown, else the pictures. */
export function MainStage({ shown, plan, view, ...room }: MainProps) {
  return shown && room.state.session?.state === "live" ? (
    <DocumentStage {...room} document={shown} />
  ) : (
    <Stage {...room} plan={plan} {...(view ? { view } : {})} />
  );
}

interface MainProps {
  engine: Engine;
  state: EngineState;
  shown: ShownDocument | null;
  plan: Arrangement;
  view?: string;
}

function DocumentStage({ engine, state, document }: Props) {
  const { t } = useTranslation();
  const caller = useMemo(() => asEndpoint(engine.access), [engine]);
  const { file, problem } = useFile(caller, state.session?.id ?? "", document.id);
  return (
    <section className="room-main" data-testid="document-stage">
      <div className="document-sheet">
        {problem ? (
          <p className="document-wait">{problem}</p>
        ) : (
          <DocumentPicture file={file} mediaType={document.media_type} name={document.name} page={document.page ?? 1} />
        )}
        <div className="tile-plate">
          {document.name}
          {document.pages ? ` · ${t("case.documents.pageAt", { page: document.page, pages: document.pages })}` : ""}
        </div>
      </div>
    </section>
  );
}

interface Props {
  engine: Engine;
  state: EngineState;
  document: ShownDocument;
}

/** Says that others look at a document which this screen does not show. */
export function HiddenDocument({ state, eyes }: { state: EngineState; eyes: Eyes }) {
  const { t } = useTranslation();
  const desk = state.room?.document?.desk_only === true && eyes === "room";
  if (!state.room?.document_hidden && !desk) return null;
  return (
    <p className="document-hidden" role="status" data-testid="document-hidden">
      {t(desk ? "case.documents.deskOnly" : "case.documents.hidden")}
    </p>
  );
}
