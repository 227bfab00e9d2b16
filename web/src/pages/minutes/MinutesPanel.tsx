import { Alert, Button, Card, Group, List, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { MinutesView } from "../../api/archive";
import { api, request } from "../../api/client";
import { useMe } from "../../api/me";
import { useApi } from "../../api/useApi";
import { language } from "../../i18n";
import { dateTime } from "../../ui/format";
import { saveFile } from "../../ui/saveFile";
import { AskReason, type ReasonQuestion } from "../storage/AskReason";
import { AddSigner } from "./AddSigner";
import { Scans } from "./Scans";
import { type SignatureBody, Signatures } from "./Signatures";

/** The minutes of a session: who signed at each endpoint, the signed paper, and the step that makes them final. */
export function MinutesPanel({ sessionId, onChange }: { sessionId: string; onChange?: () => void }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const { data, error, reload } = useApi<MinutesView>(`/sessions/${sessionId}/minutes`, 5000);
  const [problem, setProblem] = useState("");
  const [question, setQuestion] = useState<ReasonQuestion | null>(null);
  const act = async (work: () => Promise<unknown>) => {
    setProblem("");
    try {
      await work();
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    await reload();
    onChange?.();
  };
  const path = `/sessions/${sessionId}/minutes`;
  const put = (body: SignatureBody) => void act(() => api("PUT", `${path}/signatures`, body));
  if (!data) return error ? <Alert color="lacquer">{error.message}</Alert> : null;
  const final = data.state === "final";
  const writes = may("write_minutes");
  const reopen = () =>
    setQuestion({
      title: t("minutes.reopen.title"),
      text: t("minutes.reopen.text"),
      label: t("minutes.reopen.reason"),
      action: t("minutes.reopen.action"),
      onReason: (reason) => void act(() => api("POST", `${path}/reopen`, { reason })),
    });
  return (
    <Card withBorder padding="md" data-testid="minutes">
      <Stack gap="md">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {t("minutes.title")}
          </Title>
          <Group gap="xs">
            <Button component={Link} to={`/sessions/${sessionId}/papers`} size="xs" variant="light">
              {t("papers.printToSign")}
            </Button>
            {final && writes && (
              <Button size="xs" variant="subtle" onClick={reopen} data-testid="reopen-minutes">
                {t("minutes.reopen.action")}
              </Button>
            )}
          </Group>
        </Group>
        {problem && (
          <Alert
            variant="light"
            color="lacquer"
            withCloseButton
            onClose={() => setProblem("")}
            data-testid="minutes-problem"
          >
            {problem}
          </Alert>
        )}
        {final && <Final minutes={data} />}
        <Signatures signatures={data.signatures} writable={writes && !final} put={put} ask={setQuestion} />
        {writes && !final && <AddSigner signatures={data.signatures} put={put} />}
        <Scans
          scans={data.scans}
          writable={writes}
          add={(file) =>
            void act(() =>
              request("POST", `${path}/scans?name=${encodeURIComponent(file.name)}`, file, { type: "application/pdf" }),
            )
          }
        />
        {writes && !final && (
          <Finalise minutes={data} onFinal={(number) => void act(() => api("POST", `${path}/final`, { number }))} />
        )}
      </Stack>
      <AskReason question={question} onClose={() => setQuestion(null)} />
    </Card>
  );
}

function Final({ minutes }: { minutes: MinutesView }) {
  const { t } = useTranslation();
  const save = async () => {
    const answer = await request("GET", minutes.document.replace("/api/v1", ""));
    saveFile(await answer.blob(), `bien-ban-${minutes.number.replace("/", "-")}.docx`);
  };
  return (
    <Alert variant="light" color="teal" data-testid="minutes-final">
      <Text fw={600}>{t("minutes.final", { number: minutes.number })}</Text>
      <Text size="sm">{t("minutes.finalBy", { name: minutes.finalised_by, at: dateTime(minutes.finalised_at) })}</Text>
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {t("minutes.recordingHash")}: {minutes.recording_hash || t("minutes.noRecording")}
      </Text>
      {minutes.sha256 && (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {t("minutes.documentHash")}: {minutes.sha256}
        </Text>
      )}
      {minutes.document && (
        <Button size="xs" mt="xs" variant="light" onClick={() => void save()} data-testid="save-minutes">
          {t("minutes.save")}
        </Button>
      )}
    </Alert>
  );
}

function Finalise({ minutes, onFinal }: { minutes: MinutesView; onFinal: (number: string) => void }) {
  const { t } = useTranslation();
  const [number, setNumber] = useState("");
  return (
    <Stack gap="xs">
      {minutes.missing.length > 0 && (
        <Alert variant="light" color="yellow" title={t("minutes.missing")} data-testid="minutes-missing">
          <List size="sm">
            {minutes.missing.map((each) => (
              <List.Item key={each.vi}>{language() === "vi" ? each.vi : each.en}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Group align="flex-end">
        <TextInput
          label={t("minutes.number")}
          placeholder={minutes.suggested_number}
          value={number}
          maxLength={64}
          onChange={(event) => setNumber(event.currentTarget.value)}
          data-testid="minutes-number"
        />
        <Button
          disabled={minutes.missing.length > 0}
          onClick={() => onFinal(number.trim())}
          data-testid="finalise-minutes"
        >
          {t("minutes.finalise")}
        </Button>
      </Group>
    </Stack>
  );
}
