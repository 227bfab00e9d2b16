import { Alert, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import { AccessLogPart } from "./AccessLogPart";
import { AskReason, type ReasonQuestion } from "./AskReason";
import type { RecordingStorage } from "./api";
import { CopiesPart } from "./CopiesPart";
import { RetentionPart } from "./RetentionPart";

export type ActOnRecording = (method: string, path: string, body?: unknown) => Promise<void>;

/** Copies, how long a recording is kept, and who used it; on the recording's page. */
export function RecordingStorageCard({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, reload } = useApi<RecordingStorage>(`/recordings/${id}/storage`, 4000);
  const [problem, setProblem] = useState("");
  const [question, setQuestion] = useState<ReasonQuestion | null>(null);
  const act: ActOnRecording = async (method, path, body) => {
    setProblem("");
    try {
      await api(method, `/recordings/${id}${path}`, body);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    await reload();
  };
  if (!data) return null;
  return (
    <Card withBorder padding="md" data-testid="recording-storage">
      <Stack gap="md">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {t("storage.ofRecording")}
          </Title>
          {data.fixity_verdict && (
            <Text size="sm" c={data.fixity_verdict === "whole" ? "teal.9" : "lacquer"}>
              {t(`storage.verdict.${data.fixity_verdict}`, { at: dateTime(data.fixity_at) })}
            </Text>
          )}
        </Group>
        {problem && (
          <Alert variant="light" color="lacquer" withCloseButton onClose={() => setProblem("")} data-testid="problem">
            {problem}
          </Alert>
        )}
        <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 24 }}>
          <CopiesPart storage={data} act={act} ask={setQuestion} />
          <RetentionPart storage={data} act={act} ask={setQuestion} />
        </div>
        <AccessLogPart id={id} />
      </Stack>
      <AskReason question={question} onClose={() => setQuestion(null)} />
    </Card>
  );
}
