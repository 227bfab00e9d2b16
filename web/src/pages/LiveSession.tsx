import { Alert, Anchor, Badge, Loader, Stack, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api } from "../api/client";
import { useMe } from "../api/me";
import { useRoom } from "../api/room";
import { OVER, type SessionView } from "../api/types";
import { useApi } from "../api/useApi";
import { useConsole } from "../api/useConsole";
import { useSnapshots } from "../api/useSnapshots";
import { type AlarmView, useWatch } from "../api/watch";
import { Confirm, type Question } from "../ui/confirm";
import { RehearsalMark } from "../ui/RehearsalMark";
import { StateBadge } from "../ui/StateBadge";
import { AlarmCard } from "./console/AlarmCard";
import { IncidentDrawer } from "./console/IncidentDrawer";
import { LobbyBar } from "./console/LobbyBar";
import { ProcedureCard } from "./console/ProcedureCard";
import { QueueCard } from "./console/QueueCard";
import { RecordingPanel } from "./console/RecordingPanel";
import { RoomCard } from "./console/RoomCard";
import { ScriptCard } from "./console/ScriptCard";
import { Starting } from "./console/Starting";
import { Tools } from "./console/Tools";
import "../theme/console-screen.css";
import { GuidePanel } from "./demo/GuidePanel";
import { EndpointTable } from "./EndpointTable";
import { SiteCard } from "./SiteCard";
import { Activity } from "./sessions/Activity";
import { SessionActions } from "./sessions/SessionActions";
import { SpaceLine } from "./storage/SpaceLine";

export function LiveSession() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { data: session, error, reload } = useApi<SessionView>(`/sessions/${id}`, 1500);
  const running = session !== null && !OVER.includes(session.state);
  const { may } = useMe();
  const moderates = may("moderate");
  const view = useConsole(id, running);
  const room = useRoom(id, running);
  const pictures = useSnapshots(id, running);
  const watch = useWatch(id, running);
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
        {error.message}{" "}
        <Anchor component={Link} to="/">
          {t("app.toSessions")}
        </Anchor>
      </Alert>
    ) : (
      <Loader aria-label={t("app.loading")} />
    );
  }
  return (
    <Stack gap="sm" className="console">
      <RehearsalMark on={session.kind === "rehearsal"} />
      <div className="console-head">
        <Title order={1} size="h2" title={session.title}>
          {session.title}
        </Title>
        <StateBadge state={session.state} />
        {session.kind === "rehearsal" && (
          <Badge size="lg" color="grape" variant="light">
            {t("course.rehearsal.watermark")}
          </Badge>
        )}
        <div className="console-orders">
          {(may("run_session") || !running) && <SessionActions session={session} reload={reload} say={setProblem} />}
        </div>
      </div>
      <div className="console-tools">
        <Tools
          session={session}
          room={room.data}
          watch={watch.data}
          act={act}
          openIncidents={() => setIncident({ opened: true, chosen: null })}
        />
        {moderates && <LobbyBar session={session} act={act} />}
      </div>
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
      {session.state === "draft" && <SpaceLine id={id} />}
      <Starting room={room.data} offsetMs={room.offsetMs} act={act} />
      <div className="panels">
        <RecordingPanel session={session} act={act} ask={setQuestion} />
        {running && <SiteCard session={session} view={view} act={act} />}
      </div>
      <div className="console-body">
        <div className="console-main">
          <EndpointTable
            session={session}
            view={view}
            room={room.data}
            pictures={pictures}
            act={act}
            ask={setQuestion}
          />
          {watch.data && !OVER.includes(session.state) && (
            <AlarmCard watch={watch.data} act={act} openPlaybook={(alarm) => void openPlaybook(alarm)} />
          )}
        </div>
        <aside className="console-side">
          {room.data && running && moderates && (
            <>
              <QueueCard session={session} queue={room.data.queue} offsetMs={room.offsetMs} act={act} />
              <ScriptCard items={room.data.script} offsetMs={room.offsetMs} act={act} />
              <ProcedureCard sessionId={id} act={act} />
              <RoomCard room={room.data} act={act} />
            </>
          )}
          <Activity sessionId={id} endpoints={session.endpoints} onNews={reload} />
        </aside>
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
      <GuidePanel session={session} />
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Stack>
  );
}

export type Act = (method: string, path: string, body?: unknown) => Promise<void>;

export function Value({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
