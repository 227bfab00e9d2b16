import { Button, Modal } from "@mantine/core";
import { IconFiles } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asPerson } from "../../api/caller";
import { useMe } from "../../api/me";
import type { SessionView } from "../../api/types";
import { DocumentsPanel } from "../documents/DocumentsPanel";

/** The case's documents beside the console: shown in the rooms and taken back. */
export function DocumentsButton({ session }: { session: SessionView }) {
  const { t } = useTranslation();
  const { may, sees, extent } = useMe();
  const [opened, setOpened] = useState(false);
  if (!sees("view_documents")) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconFiles size={16} />}
        data-testid="open-documents"
        onClick={() => setOpened(true)}
      >
        {t("case.documents.title")}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        size={680}
        title={t("case.documents.title")}
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <DocumentsPanel
          caller={asPerson}
          sessionId={session.id}
          rooms={session.endpoints}
          running={["live", "paused", "interrupted"].includes(session.state)}
          may={{ hands: may("share_document"), edits: extent("share_document") === "full" }}
        />
      </Modal>
    </>
  );
}
