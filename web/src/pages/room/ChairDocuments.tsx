import { Modal } from "@mantine/core";
import { IconFiles } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { asEndpoint } from "../../api/caller";
import type { Engine, EngineState } from "../../endpoint/engine";
import { DocumentsPanel } from "../documents/DocumentsPanel";
import { isOpen } from "./DocumentStage";

/** The case's documents at the chair's desk: to look at, to show in the rooms and to take back. */
export function ChairDocuments({ engine, state }: { engine: Engine; state: EngineState }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const caller = useMemo(() => asEndpoint(engine.access), [engine]);
  const shown = state.room?.document ?? null;
  return (
    <>
      <button type="button" className="big wide" data-testid="chair-documents" onClick={() => setOpened(true)}>
        <IconFiles /> {shown ? t("case.documents.shownNow", { name: shown.name }) : t("case.documents.title")}
      </button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        size={640}
        title={t("case.documents.title")}
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <DocumentsPanel
          caller={caller}
          sessionId={state.session?.id ?? ""}
          rooms={state.roster}
          running={isOpen(state)}
          may={{ hands: false, edits: false }}
        />
      </Modal>
    </>
  );
}
