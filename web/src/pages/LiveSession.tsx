import { Alert, Button, Group, Loader, Stack, Title } from "@mantine/core";
import { IconNotes, IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconPlugConnectedX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api } from "../api/client";
import { useRoom } from "../api/room";
import type { SessionView } from "../api/types";
import { useApi } from "../api/useApi";
import { useConsole } from "../api/useConsole";
import { useSnapshots } from "../api/useSnapshots";
import { type AlarmView, useWatch } from "../api/watch";
import { Confirm, type Question } from "../ui/confirm";
import { StateBadge } from "../ui/StateBadge";
import { AlarmCard } from "./console/AlarmCard";
import { Announce } from "./console/Announce";
import { IncidentDrawer } from "./console/IncidentDrawer";
import { LayoutPicker } from "./console/LayoutPicker";
import { LobbyBar } from "./console/LobbyBar";
import { QueueCard } from "./console/QueueCard";
import { RecordingPanel } from "./console/RecordingPanel";
import { RollCall } from "./console/RollCall";
import { RoomCard } from "./console/RoomCard";
import { ScriptCard } from "./console/ScriptCard";
import { EndpointTable } from "./EndpointTable";
import { SiteCard } from "./SiteCard";

export function LiveSession() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { data: session, error, reload } = useApi<SessionView>(`/sessions/${id}`, 1500);
  const view = useConsole(id, session !== null && session.state !== "ended");
  const room = useRoom(id, session !== null && session.state !== "ended");
  const pictures = useSnapshots(id, session !== null && session.state !== "ended");
  const watch = useWatch(id, session !== null && session.state !== "ended");
  const [incident, setIncident] = useState<{ opened: boolean; chosen: string | null }>({ opened: false, chosen: null });
  const [problem, setProblem] = useState("");
  const [question, setQuestion] = useState<Question | null>(null);
  const act = async (method: string, path: string, body?: unknown) => {
    setProblem("");
    try {
      await api(method, `/sessions/${id}${path}`, body);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    await Promise.all([reload(), room.reload(), watch.reload()]);
  };
  const openPlaybook = async (alarm: AlarmView) => {
    await act("POST", "/incidents", {
      kind: alarm.playbook,
      endpoint_id: alarm.endpoint_id,
      alarm_id: alarm.id,
    });
    setIncident({ opened: true, chosen: null });
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
        <Group gap="sm">
          {session.state !== "ended" && room.data && <LayoutPicker room={room.data} act={act} />}
          {session.state !== "ended" && watch.data && (
            <>
              <Announce session={session} watch={watch.data} act={act} />
              <RollCall session={session} watch={watch.data} act={act} />
            </>
          )}
          <Button
            size="xs"
            variant="default"
            leftSection={<IconNotes size={16} />}
            data-testid="open-incidents"
            onClick={() => setIncident({ opened: true, chosen: null })}
          >
            {t("console.incident.title")}
          </Button>
          <Actions session={session} act={act} ask={setQuestion} />
        </Group>
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
      <LobbyBar session={session} act={act} />
      <div className="panels">
        <RecordingPanel session={session} act={act} ask={setQuestion} />
        <SiteCard session={session} view={view} act={act} />
      </div>
      <div className="console-body">
        <Stack gap="sm">
          <EndpointTable
            session={session}
            view={view}
            room={room.data}
            pictures={pictures}
            act={act}
            ask={setQuestion}
          />
          {watch.data && session.state !== "ended" && (
            <AlarmCard watch={watch.data} act={act} openPlaybook={(alarm) => void openPlaybook(alarm)} />
          )}
        </Stack>
        {room.data && session.state !== "ended" && (
          <aside className="console-side">
            <QueueCard session={session} queue={room.data.queue} offsetMs={room.offsetMs} act={act} />
            <ScriptCard items={room.data.script} offsetMs={room.offsetMs} act={act} />
            <RoomCard room={room.data} act={act} />
          </aside>
        )}
      </div>
      {watch.data && (
        <IncidentDrawer
          session={session}
          watch={watch.data}
          act={act}
          opened={incident.opened}
          chosen={incident.chosen}
          choose={(chosen) => setIncident({ opened: true, chosen })}
          onClose={() => setIncident({ opened: false, chosen: null })}
        />
      )}
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
  const sure = (what: "pause" | "interrupt", action: string) =>
    ask({
      title: t(`console.${what}.confirm`),
      text: t(`console.${what}.text`),
      action,
      onYes: () => void act("POST", `/${what}`),
    });
  const end = () =>
    ask({
      title: t("live.confirmEnd"),
      text: t("live.confirmEndText"),
      action: t("live.end"),
      onYes: () => void act("POST", "/end"),
    });
  return (
    <Group gap="sm">
      <Button
        component={Link}
        to={`/sessions/${session.id}/preflight`}
        size="sm"
        variant="light"
        data-testid="open-preflight"
      >
        {t("preflight.panel.title")}
      </Button>
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
          onClick={() => sure("pause", t("live.pause"))}
        >
          {t("live.pause")}
        </Button>
      )}
      {(session.state === "live" || session.state === "paused") && (
        <Button
          size="sm"
          variant="default"
          leftSection={<IconPlugConnectedX size={18} />}
          data-testid="interrupt-session"
          onClick={() => sure("interrupt", t("console.interrupt.action"))}
        >
          {t("console.interrupt.action")}
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

export function Value({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
