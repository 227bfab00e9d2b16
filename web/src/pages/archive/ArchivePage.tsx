import { Alert, Anchor, Button, Card, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { ArchiveView } from "../../api/archive";
import { api } from "../../api/client";
import { useMe } from "../../api/me";
import type { SessionState } from "../../api/types";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import { StateBadge } from "../../ui/StateBadge";
import { ExportCard } from "../exports/ExportRequests";
import { MinutesPanel } from "../minutes/MinutesPanel";
import { AskReason, type ReasonQuestion } from "../storage/AskReason";
import { ExportPackage } from "./ExportPackage";
import { MediaStep } from "./MediaStep";
import { PackageStep } from "./PackageStep";
import { RetentionStep } from "./RetentionStep";

export type ArchiveAct = (method: string, path: string, body?: unknown) => Promise<void>;
const CODES = ["minutes", "package", "package", "retention"] as const;

/** From ended to archived, step by step: what is done, what is missing, and the button that does it. */
export function ArchivePage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { may, sees } = useMe();
  const { data, error, reload } = useApi<ArchiveView>(`/sessions/${id}/archive`, 2500);
  const [problem, setProblem] = useState("");
  const [question, setQuestion] = useState<ReasonQuestion | null>(null);
  const act: ArchiveAct = async (method, path, body) => {
    setProblem("");
    try {
      await api(method, path, body);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    await reload();
  };
  if (!data) {
    return error ? (
      <Alert variant="light" color="lacquer">
        {error.message}
      </Alert>
    ) : (
      <Loader aria-label={t("app.loading")} />
    );
  }
  const over = data.state === "ended" || data.state === "archived";
  const archived = data.state === "archived";
  const missing = new Set(data.unmet.map((each) => each.code));
  const done = {
    minutes: archived || data.minutes_final,
    package: archived || data.package.state === "ready",
    media: archived || data.media_verified >= data.media_needed,
    retention: data.retention !== "",
  };
  const ready = over && !archived && CODES.every((code) => !missing.has(code));
  return (
    <Stack gap="md">
      <Head archive={data} />
      {problem && (
        <Alert variant="light" color="lacquer" withCloseButton onClose={() => setProblem("")} data-testid="problem">
          {problem}
        </Alert>
      )}
      {!over && <Alert color="navy">{t("archive.notEnded")}</Alert>}
      {archived && (
        <Alert variant="light" color="teal" data-testid="archived">
          {t("archive.archived", { name: data.archived_by, at: dateTime(data.archived_at) })}
        </Alert>
      )}
      <Step number={1} name="minutes" done={done.minutes}>
        <Text size="sm">
          {data.minutes_final ? t("archive.minutesFinal", { number: data.minutes_number }) : t("archive.minutesOpen")}
        </Text>
      </Step>
      {sees("write_minutes") && over && <MinutesPanel sessionId={id} onChange={() => void reload()} />}
      <Step number={2} name="package" done={done.package}>
        <PackageStep archive={data} act={act} />
      </Step>
      <Step number={3} name="media" done={done.media}>
        <MediaStep archive={data} act={act} ask={setQuestion} />
      </Step>
      <Step number={4} name="retention" done={done.retention}>
        <RetentionStep archive={data} act={act} />
      </Step>
      <Step number={5} name="archive" done={archived}>
        <Group gap="sm">
          {!archived && may("archive_session") && (
            <Button
              disabled={!ready}
              onClick={() => void act("POST", `/sessions/${id}/archive`, { version: data.version })}
              data-testid="archive-session"
            >
              {t("archive.doArchive")}
            </Button>
          )}
          {data.package.state !== "none" && may("export_recording") && (
            <ExportPackage archive={data} ask={setQuestion} say={setProblem} />
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {t("archive.thenReadOnly")}
        </Text>
      </Step>
      {over && <ExportCard sessionId={id} />}
      <AskReason question={question} onClose={() => setQuestion(null)} />
    </Stack>
  );
}

function Head({ archive }: { archive: ArchiveView }) {
  const { t } = useTranslation();
  const { sees } = useMe();
  return (
    <Group justify="space-between">
      <div>
        <Title order={1} size="h2">
          {t("archive.title")}
        </Title>
        <Text c="dimmed">
          {archive.code} · {archive.title}
        </Text>
      </div>
      <Group gap="sm">
        {archive.recording !== "none" && sees("view_recordings") && (
          <Anchor component={Link} to={`/recordings/${archive.session_id}`}>
            {t("archive.toRecording")}
          </Anchor>
        )}
        <StateBadge state={archive.state as SessionState} />
      </Group>
    </Group>
  );
}

function Step(props: { number: number; name: string; done: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  const { name, done } = props;
  return (
    <Card withBorder padding="md" data-testid={`step-${name}`} data-done={done}>
      <Group align="flex-start" wrap="nowrap" gap="md">
        {done ? (
          <IconCircleCheck size={28} color="var(--mantine-color-teal-8)" aria-label={t("archive.done")} />
        ) : (
          <IconCircleDashed size={28} color="var(--mantine-color-gray-6)" aria-label={t("archive.open")} />
        )}
        <Stack gap="xs" style={{ flex: 1 }}>
          <Title order={2} size="h4">
            {props.number}. {t(`archive.step.${name}`)}
          </Title>
          {props.children}
        </Stack>
      </Group>
    </Card>
  );
}
