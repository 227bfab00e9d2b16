import { Alert, Button, Card, Group, Loader, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api } from "../api/client";
import type { SessionView } from "../api/types";
import { useApi } from "../api/useApi";
import { useConsole } from "../api/useConsole";
import { Confirm, type Question } from "../ui/confirm";
import { bytes, duration, hoursLeft } from "../ui/format";
import { StateBadge } from "../ui/StateBadge";
import { EndpointTable } from "./EndpointTable";
import { SiteCard } from "./SiteCard";
import { TroublePanel } from "./TroublePanel";

export function LiveSession() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { data: session, error, reload } = useApi<SessionView>(`/sessions/${id}`, 1500);
  const view = useConsole(id, session !== null && session.state !== "ended");
  const [problem, setProblem] = useState("");
  const [question, setQuestion] = useState<Question | null>(null);
  const act = async (method: string, path: string, body?: unknown) => {
    setProblem("");
    try {
      await api(method, `/sessions/${id}${path}`, body);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    await reload();
  };
  if (!session) {
    return error ? (
      <Alert variant="light" color="lacquer">
        {error.message}
      </Alert>
    ) : (
      <Loader aria-label={t("app.loading")} />
    );
  }
  return (
    <Stack gap="sm" className="console">
      <Group justify="space-between">
        <Group gap="sm">
          <Title order={1} size="h2">
            {session.title}
          </Title>
          <StateBadge state={session.state} />
        </Group>
        <Actions session={session} act={act} ask={setQuestion} />
      </Group>
      {error && (
        <Alert variant="light" color="lacquer">
          {t("app.serverLost")}
        </Alert>
      )}
      {problem && (
        <Alert variant="light" color="lacquer" withCloseButton onClose={() => setProblem("")} data-testid="problem">
          {problem}
        </Alert>
      )}
      {session.state === "draft" && (
        <Alert variant="light" color="navy">
          {t("live.notStarted")}
        </Alert>
      )}
      {session.recording.state === "fault" && (
        <Alert variant="light" color="lacquer" title={t("live.recState.fault")}>
          {session.recording.fault}
        </Alert>
      )}
      {session.recording.warning && (
        <Alert
          variant="light"
          color={["disk_critical", "disk_failed"].includes(session.recording.warning) ? "lacquer" : "yellow"}
          title={t(`live.recWarning.${session.recording.warning}`)}
          data-testid="recording-warning"
        >
          {t(`live.recWarning.${session.recording.warning}_text`, { hours: hoursLeft(session.recording.hours_left) })}
        </Alert>
      )}
      {session.state !== "ended" && view && (
        <TroublePanel
          troubles={view.troubles}
          nameOf={(each) => session.endpoints.find((endpoint) => endpoint.id === each)?.name ?? ""}
        />
      )}
      <div className="panels">
        <RecordingCard session={session} />
        <SiteCard session={session} view={view} act={act} />
      </div>
      <EndpointTable session={session} view={view} act={act} ask={setQuestion} />
      {session.state !== "ended" && <Invite act={act} />}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Stack>
  );
}

export type Act = (method: string, path: string, body?: unknown) => Promise<void>;

function Actions({ session, act, ask }: { session: SessionView; act: Act; ask: (question: Question) => void }) {
  const { t } = useTranslation();
  if (session.state === "ended") {
    return (
      <Button component={Link} to={`/recordings/${session.id}`} data-testid="open-recording">
        {t("live.openRecording")}
      </Button>
    );
  }
  const end = () =>
    ask({
      title: t("live.confirmEnd"),
      text: t("live.confirmEndText"),
      action: t("live.end"),
      onYes: () => void act("POST", "/end"),
    });
  return (
    <Group gap="sm">
      {(session.state === "draft" || session.state === "interrupted") && (
        <Button
          size="sm"
          leftSection={<IconPlayerPlay size={18} />}
          data-testid="start-session"
          onClick={() => void act("POST", "/start")}
        >
          {t("live.start")}
        </Button>
      )}
      {session.state === "live" && (
        <Button
          size="sm"
          variant="default"
          leftSection={<IconPlayerPause size={18} />}
          data-testid="pause-session"
          onClick={() => void act("POST", "/pause")}
        >
          {t("live.pause")}
        </Button>
      )}
      {session.state === "paused" && (
        <Button
          size="sm"
          leftSection={<IconPlayerPlay size={18} />}
          data-testid="resume-session"
          onClick={() => void act("POST", "/resume")}
        >
          {t("live.resume")}
        </Button>
      )}
      <Button
        size="sm"
        color="lacquer"
        leftSection={<IconPlayerStop size={18} />}
        data-testid="end-session"
        onClick={end}
      >
        {t("live.end")}
      </Button>
    </Group>
  );
}

function RecordingCard({ session }: { session: SessionView }) {
  const { t } = useTranslation();
  const { recording } = session;
  const level = { recording: "good", fault: "poor", off: "", finishing: "fair", done: "good" }[recording.state];
  return (
    <Card withBorder padding="sm" data-testid="recording-panel">
      <Group gap="sm" mb="xs">
        <span className="light" data-level={level} />
        <Text fw={600}>{t("live.recording")}</Text>
        <Text data-testid="recording-state">{t(`live.recState.${recording.state}`)}</Text>
      </Group>
      <dl className="numbers">
        <Value name={t("live.duration")} value={duration(recording.seconds)} />
        <Value name={t("live.size")} value={bytes(recording.bytes)} />
        <Value name={t("live.free")} value={recording.free_bytes ? bytes(recording.free_bytes) : "–"} />
        <Value name={t("live.lasts")} value={hoursLeft(recording.hours_left)} />
        <Value name={t("live.lost")} value={String(recording.dropped_packets)} />
        {recording.seal_short && <Value name={t("recordings.seal")} value={recording.seal_short} />}
      </dl>
    </Card>
  );
}

export function Value({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Invite({ act }: { act: Act }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act("POST", "/endpoints", { name, role: "delegate" });
        setName("");
      }}
    >
      <Group align="flex-end">
        <TextInput
          label={t("live.inviteName")}
          value={name}
          maxLength={120}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="light" leftSection={<IconUserPlus size={18} />} disabled={!name.trim()}>
          {t("live.invite")}
        </Button>
      </Group>
    </form>
  );
}
