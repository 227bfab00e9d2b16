import { Alert, Anchor, Button, Card, Group, Progress, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { IconDownload, IconFileExport, IconMovie, IconStack2, IconX } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useApi } from "../../api/useApi";
import { bytes, dateTime, duration } from "../../ui/format";
import { clockSeconds } from "./clockSeconds";

type Kind = "composed" | "multitrack" | "extract";
type State = "waiting" | "running" | "done" | "failed" | "cancelled";

interface Derivative {
  id: string;
  kind: Kind;
  state: State;
  progress: number;
  from_ms: number | null;
  to_ms: number | null;
  purpose: string;
  requested_by: string;
  created_at: string;
  name: string;
  url: string;
  bytes: number;
  error: string;
}

interface Props {
  recording: { id: string; duration_s: number; started_at: string | null };
  access: string;
}

/** Files made from a recording: asked for here, made by the server in the background, fetched here. */
export function Derivatives({ recording, access }: Props) {
  const { t } = useTranslation();
  const path = `/recordings/${recording.id}/derivatives`;
  const { data, reload } = useApi<{ derivatives: Derivative[] }>(path, 1500);
  const [purpose, setPurpose] = useState("");
  const [failure, setFailure] = useState("");
  const jobs = data?.derivatives ?? [];
  const act = async (method: string, to: string, body?: unknown) => {
    setFailure("");
    try {
      await api(method, to, body);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
    await reload();
  };
  const ask = (kind: Kind, range: { from_ms?: number; to_ms?: number } = {}) =>
    void act("POST", path, { kind, purpose: purpose.trim(), ...range });
  const ready = purpose.trim().length > 0;
  return (
    <Card withBorder padding="md" data-testid="derivatives">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t("derivatives.title")}
        </Title>
        <Text size="sm" c="dimmed">
          {t("derivatives.text")}
        </Text>
        <TextInput
          label={t("derivatives.purpose")}
          description={t("derivatives.purposeHint")}
          value={purpose}
          onChange={(event) => setPurpose(event.currentTarget.value)}
          maxLength={500}
          maw={680}
          data-testid="derivative-purpose"
        />
        <Offer icon={<IconMovie size={22} />} kind="composed">
          <Button disabled={!ready} onClick={() => ask("composed")} data-testid="derivative-composed">
            {t("derivatives.make")}
          </Button>
        </Offer>
        <Offer icon={<IconStack2 size={22} />} kind="multitrack">
          <Button
            variant="light"
            disabled={!ready}
            onClick={() => ask("multitrack")}
            data-testid="derivative-multitrack"
          >
            {t("derivatives.make")}
          </Button>
        </Offer>
        <Offer icon={<IconFileExport size={22} />} kind="extract">
          <Extract ready={ready} length={recording.duration_s} onAsk={(range) => ask("extract", range)} />
        </Offer>
        {failure && (
          <Alert color="lacquer" variant="light" role="alert">
            {failure}
          </Alert>
        )}
        {jobs.length > 0 && (
          <Jobs
            jobs={jobs}
            access={access}
            start={recording.started_at}
            onCancel={(job) => void act("DELETE", `${path}/${job.id}`)}
          />
        )}
      </Stack>
    </Card>
  );
}

function Offer({ icon, kind, children }: { icon: ReactNode; kind: Kind; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" wrap="nowrap" align="center">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        {icon}
        <div>
          <Text fw={600}>{t(`derivatives.kind.${kind}`)}</Text>
          <Text size="sm" c="dimmed">
            {t(`derivatives.about.${kind}`)}
          </Text>
        </div>
      </Group>
      {children}
    </Group>
  );
}

interface ExtractProps {
  ready: boolean;
  length: number;
  onAsk: (range: { from_ms: number; to_ms: number }) => void;
}

function Extract({ ready, length, onAsk }: ExtractProps) {
  const { t } = useTranslation();
  const [from, setFrom] = useState("00:00:00");
  const [to, setTo] = useState(duration(length));
  const begin = clockSeconds(from);
  const end = clockSeconds(to);
  const good = begin !== null && end !== null && begin < end && begin < length;
  return (
    <Group gap="xs" wrap="nowrap" align="flex-end">
      <TextInput
        label={t("derivatives.from")}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        error={begin === null}
        w={110}
        data-testid="extract-from"
      />
      <TextInput
        label={t("derivatives.to")}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
        error={end === null || (begin !== null && end <= begin)}
        w={110}
        data-testid="extract-to"
      />
      <Button
        variant="light"
        disabled={!ready || !good}
        onClick={() => good && onAsk({ from_ms: Math.round(begin * 1000), to_ms: Math.round(end * 1000) })}
        data-testid="derivative-extract"
      >
        {t("derivatives.make")}
      </Button>
    </Group>
  );
}

interface JobsProps {
  jobs: Derivative[];
  access: string;
  start: string | null;
  onCancel: (job: Derivative) => void;
}

function Jobs({ jobs, access, start, onCancel }: JobsProps) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table style={{ fontVariantNumeric: "tabular-nums" }} data-testid="derivative-jobs">
        <Table.Thead>
          <Table.Tr>
            {["asked", "file", "by", "state", "action"].map((name) => (
              <Table.Th key={name}>{t(`derivatives.column.${name}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {jobs.map((job) => (
            <Table.Tr key={job.id} data-testid={`derivative-${job.id}`}>
              <Table.Td>{dateTime(job.created_at)}</Table.Td>
              <Table.Td>
                {t(`derivatives.kind.${job.kind}`)}
                {job.from_ms && job.to_ms && start
                  ? ` ${within(job.from_ms, start)} – ${within(job.to_ms, start)}`
                  : ""}
              </Table.Td>
              <Table.Td>
                {job.requested_by}
                <Text size="sm" c="dimmed">
                  {job.purpose}
                </Text>
              </Table.Td>
              <Table.Td w={220}>
                <JobState job={job} />
              </Table.Td>
              <Table.Td>
                {job.url && job.state === "done" && (
                  <Anchor href={`${job.url}?access=${encodeURIComponent(access)}&made=${job.id}`} download={job.name}>
                    <Group gap={4} wrap="nowrap">
                      <IconDownload size={18} /> {t("derivatives.fetch")} ({bytes(job.bytes)})
                    </Group>
                  </Anchor>
                )}
                {(job.state === "waiting" || job.state === "running") && (
                  <Button
                    variant="subtle"
                    size="compact-sm"
                    leftSection={<IconX size={16} />}
                    onClick={() => onCancel(job)}
                  >
                    {t("derivatives.cancel")}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function within(ms: number, start: string): string {
  return duration((ms - new Date(start).getTime()) / 1000);
}

function JobState({ job }: { job: Derivative }) {
  const { t } = useTranslation();
  const gone = job.state === "done" && !job.url;
  return (
    <div data-state={job.state}>
      <Text size="sm" c={job.state === "failed" ? "lacquer" : "inherit"}>
        {t(gone ? "derivatives.gone" : `derivatives.state.${job.state}`, { percent: Math.floor(100 * job.progress) })}
      </Text>
      {job.state === "running" && (
        <Progress value={100 * job.progress} aria-label={t("derivatives.state.running", { percent: "" })} />
      )}
      {job.error && (
        <Text size="sm" c="dimmed">
          {job.error}
        </Text>
      )}
    </div>
  );
}
