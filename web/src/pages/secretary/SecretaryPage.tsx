import { Alert, Badge, Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { Mark } from "../../api/case";
import { useMe } from "../../api/me";
import { type RoomView, useRoom } from "../../api/room";
import { OVER, type SessionView } from "../../api/types";
import { useApi } from "../../api/useApi";
import { language } from "../../i18n";
import { StateBadge } from "../../ui/StateBadge";
import { useServerNow } from "../../ui/useServerNow";
import { SetMarker } from "../live/SetMarker";
import { MinutesPanel } from "../minutes/MinutesPanel";
import { Notes } from "./Notes";
import { Script } from "./Script";
import { Sheets } from "./Sheets";
import { useCase } from "./useCase";

/** The secretary's desk: the script and what became of each item, live notes, and the papers of the case. */
export function SecretaryPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { extent, sees } = useMe();
  const session = useApi<SessionView>(`/sessions/${id}`, 3000);
  const running = session.data !== null && !OVER.includes(session.data.state);
  const room = useRoom(id, running);
  const marks = useApi<{ markers: Mark[] }>(`/sessions/${id}/markers`, running ? 3000 : 0);
  const { data, error, problem, setProblem, send, reload } = useCase(id);
  const [chosen, setChosen] = useState<string | null>(null);
  if (!session.data || !data || !room.data) {
    const failure = session.error ?? error ?? room.error;
    return failure ? <Alert color="lacquer">{failure.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  }
  const open = data.read_only === "";
  const writes = open && extent("write_minutes") === "full";
  const item = chosen ?? data.now.item_id;
  return (
    <Stack gap="sm" className="secretary">
      <Head session={session.data} room={room.data} offsetMs={room.offsetMs} />
      {!open && (
        <Alert variant="light" color="navy" data-testid="read-only">
          {t(`case.readOnly.${data.read_only}`)}
        </Alert>
      )}
      {problem && (
        <Alert
          variant="light"
          color="lacquer"
          withCloseButton
          closeButtonLabel={t("app.close")}
          onClose={() => setProblem("")}
          data-testid="problem"
        >
          {problem}
        </Alert>
      )}
      <div className="secretary-body">
        <Script
          items={room.data.script}
          matters={data.matters}
          now={data.now.item_id}
          chosen={item}
          onChoose={setChosen}
          writes={writes}
          turnsAway={open && extent("turn_away") === "full"}
          send={send}
        />
        <Notes
          session={session.data}
          items={room.data.script}
          data={data}
          marks={marks.data?.markers ?? []}
          writes={writes}
          comments={open && ["full", "comment"].includes(extent("write_minutes"))}
          send={send}
        />
        <Sheets session={session.data} items={room.data.script} data={data} item={item} send={send} reload={reload} />
      </div>
      <Warnings warnings={data.warnings} />
      {session.data.started_at && sees("write_minutes") && <MinutesPanel sessionId={id} />}
    </Stack>
  );
}

function Head({ session, room, offsetMs }: { session: SessionView; room: RoomView; offsetMs: number }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const now = useServerNow(offsetMs);
  const over = OVER.includes(session.state);
  const live = ["live", "paused", "interrupted"].includes(session.state);
  const turn = room.queue.turn;
  const speaker = session.endpoints.find((each) => each.id === turn?.endpoint_id)?.name;
  const clock = new Intl.DateTimeFormat("vi-VN", { timeStyle: "medium", timeZone: "Asia/Ho_Chi_Minh" }).format(now);
  return (
    <Group justify="space-between" gap="sm">
      <Group gap="sm">
        <Title order={1} size="h3">
          {t("case.title", { title: session.title })}
        </Title>
        <StateBadge state={session.state} />
        {session.kind === "rehearsal" && (
          <Badge size="lg" color="grape" variant="light">
            {t("course.rehearsal.watermark")}
          </Badge>
        )}
        <Text fw={600} className="secretary-clock">
          {clock}
        </Text>
        {speaker && session.state === "live" && <Text>{t("room.floor.other", { name: speaker })}</Text>}
      </Group>
      <Group gap="xs" wrap="nowrap">
        {live && may("set_marker") && <SetMarker sessionId={session.id} />}
        <Button component={Link} to={`/sessions/${session.id}/papers`} size="xs" variant="light">
          {t("papers.open")}
        </Button>
        {session.started_at && over && may("archive_session") && (
          <Button component={Link} to={`/sessions/${session.id}/archive`} size="xs" variant="light">
            {t("archive.nav")}
          </Button>
        )}
        {session.started_at && over && (
          <Button component={Link} to={`/recordings/${session.id}`} size="xs" variant="light">
            {t("course.prepare.recordingPage")}
          </Button>
        )}
        <Button
          component={Link}
          to={over ? `/sessions/${session.id}/prepare` : `/sessions/${session.id}`}
          size="xs"
          variant="default"
        >
          {t(over ? "case.sessionPage" : "course.prepare.console")}
        </Button>
      </Group>
    </Group>
  );
}

/** What the procedure still asks for. */
function Warnings({ warnings }: { warnings: { code: string; vi: string; en: string; citizen_id: string }[] }) {
  const { t } = useTranslation();
  if (warnings.length === 0) return null;
  return (
    <Alert variant="light" color="yellow" title={t("case.warnings")} data-testid="case-warnings">
      <ul className="points">
        {warnings.map((each) => (
          <li key={`${each.code}/${each.citizen_id}`}>{language() === "vi" ? each.vi : each.en}</li>
        ))}
      </ul>
    </Alert>
  );
}
