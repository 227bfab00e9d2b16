import { Button, Group, Modal, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Caller } from "../../api/caller";
import type { CaseDocument } from "../../api/case";
import { saveFile } from "../../ui/saveFile";
import { DocumentPicture } from "./DocumentPicture";
import { useFile } from "./useFile";

interface Props {
  caller: Caller;
  sessionId: string;
  document: CaseDocument;
  onClose: () => void;
}

/** Looks at a document on this screen alone; nobody else sees it. */
export function ViewDialog({ caller, sessionId, document, onClose }: Props) {
  const { t } = useTranslation();
  const { file, problem } = useFile(caller, sessionId, document.id);
  const [page, setPage] = useState(1);
  const [pages, setPages] = useState(document.pages ?? 1);
  const save = async () => {
    const content = await caller.file(`/sessions/${sessionId}/documents/${document.id}/content?download=1`);
    saveFile(content, document.name);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="min(1000px, 94vw)"
      title={document.name}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <div className="document-view">
        {problem ? (
          <p className="document-wait">{problem}</p>
        ) : (
          <DocumentPicture
            file={file}
            mediaType={document.media_type}
            name={document.name}
            page={page}
            onPages={setPages}
          />
        )}
      </div>
      <Group justify="space-between" mt="sm">
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={page <= 1}
            leftSection={<IconChevronLeft size={16} />}
            onClick={() => setPage(page - 1)}
          >
            {t("case.documents.before")}
          </Button>
          <Text size="sm">{t("case.documents.pageAt", { page, pages })}</Text>
          <Button
            size="xs"
            variant="default"
            disabled={page >= pages}
            rightSection={<IconChevronRight size={16} />}
            onClick={() => setPage(page + 1)}
          >
            {t("case.documents.next")}
          </Button>
        </Group>
        <Button size="xs" variant="light" leftSection={<IconDownload size={16} />} onClick={() => void save()}>
          {t("case.documents.save")}
        </Button>
      </Group>
    </Modal>
  );
}
