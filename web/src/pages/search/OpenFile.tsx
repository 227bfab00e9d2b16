import { Alert, Button, Chip, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import type { FoundSession, SessionFile } from "../../api/search";
import { FileSheet } from "./FileSheet";

const SUGGESTED = ["minutes", "check", "authority"] as const;

/** A session's file, after who wants to read it said what for; that is written down. */
export function OpenFile({ session, onClose }: { session: FoundSession | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [file, setFile] = useState<SessionFile | null>(null);
  const close = () => {
    setFile(null);
    onClose();
  };
  return (
    <Modal
      opened={session !== null}
      onClose={close}
      size={file ? "xl" : "lg"}
      title={file ? `${file.code} · ${file.title}` : t("search.openTitle")}
      closeButtonProps={{ "aria-label": t("app.close") }}
      centered
    >
      {session && !file && <Purpose id={session.id} onFile={setFile} />}
      {file && <FileSheet file={file} />}
    </Modal>
  );
}

function Purpose({ id, onFile }: { id: string; onFile: (file: SessionFile) => void }) {
  const { t } = useTranslation();
  const [purpose, setPurpose] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    setProblem("");
    try {
      onFile(await api<SessionFile>("POST", `/sessions/${id}/file`, { purpose: purpose.trim() }));
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <Stack gap="sm">
        <Text>{t("search.purposeText")}</Text>
        <Group gap="xs">
          {SUGGESTED.map((name) => (
            <Chip
              key={name}
              checked={purpose === t(`playback.access.suggested.${name}`)}
              onChange={() => setPurpose(t(`playback.access.suggested.${name}`))}
            >
              {t(`playback.access.suggested.${name}`)}
            </Chip>
          ))}
        </Group>
        <Textarea
          label={t("playback.access.purpose")}
          required
          autosize
          minRows={2}
          maxLength={500}
          value={purpose}
          data-testid="purpose"
          onChange={(event) => setPurpose(event.currentTarget.value)}
        />
        {problem && (
          <Alert variant="light" color="lacquer">
            {problem}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={busy} disabled={purpose.trim().length < 5} data-testid="ask-file">
            {t("search.open")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
