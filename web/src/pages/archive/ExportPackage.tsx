import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ArchiveView } from "../../api/archive";
import { request } from "../../api/client";
import { saveFile } from "../../ui/saveFile";
import type { ReasonQuestion } from "../storage/AskReason";

interface Props {
  archive: ArchiveView;
  ask: (question: ReasonQuestion) => void;
  say: (problem: string) => void;
}

/** The whole package as one file, to hand over; who takes it says what for. */
export function ExportPackage({ archive, ask, say }: Props) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const save = async (purpose: string) => {
    setBusy(true);
    try {
      const path = `/recordings/${archive.session_id}/export?purpose=${encodeURIComponent(purpose)}`;
      const answer = await request("GET", path);
      saveFile(await answer.blob(), `${archive.code}.tar`);
    } catch (failure) {
      say(failure instanceof Error ? failure.message : String(failure));
    }
    setBusy(false);
  };
  return (
    <Button
      variant="light"
      loading={busy}
      data-testid="export-package"
      onClick={() =>
        ask({
          title: t("archive.export.title"),
          text: t("archive.export.text"),
          label: t("storage.purpose"),
          action: t("archive.export.action"),
          onReason: (purpose) => void save(purpose),
        })
      }
    >
      {t("archive.export.action")}
    </Button>
  );
}
