import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CaseDocument } from "../../api/case";

interface Props {
  document: CaseDocument;
  onClose: () => void;
  onRemove: (reason: string) => void;
}

/** A document leaves the case with a reason; that it was there stays known. */
export function RemoveDialog({ document, onClose, onRemove }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  return (
    <Modal
      opened
      centered
      onClose={onClose}
      title={t("case.documents.removeOne", { name: document.name })}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onRemove(reason.trim());
        }}
      >
        <Text size="sm">{t("case.documents.removeText")}</Text>
        <TextInput
          mt="sm"
          label={t("case.documents.removeReason")}
          value={reason}
          maxLength={300}
          required
          data-autofocus
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {t("app.cancel")}
          </Button>
          <Button type="submit" color="lacquer" disabled={!reason.trim()}>
            {t("case.documents.remove")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
