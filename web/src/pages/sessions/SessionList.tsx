import {
  Alert,
  Badge,
  Button,
  Card,
  Group,
  Loader,
  Pagination,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "../../api/me";
import { OVER, type SessionView } from "../../api/types";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import { StateBadge } from "../../ui/StateBadge";
import { OwnSessions } from "../people/OwnSessions";

const PAGE = 25;
const LISTS: Record<string, string> = {
  today: "day=today&order=planned",
  upcoming: "state=draft,awaiting_approval,scheduled,technical_check,ready,postponed&order=planned&rehearsals=no",
  running: "state=live,paused,interrupted",
  past: "state=ended,archived,cancelled&rehearsals=no",
  rehearsals: "rehearsals=only",
  all: "limit=25",
};

export function SessionList() {
  const { t } = useTranslation();
  const { may } = useMe();
  const [list, setList] = useState("today");
  const [words, setWords] = useState("");
  const [asked] = useDebouncedValue(words, 250);
  const [page, setPage] = useState(1);
  const query = `${LISTS[list]}&limit=${PAGE}&offset=${(page - 1) * PAGE}&q=${encodeURIComponent(asked)}`;
  const { data, error } = useApi<{ sessions: SessionView[]; total: number }>(`/sessions?${query}`, 4000);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t("sessions.title")}
        </Title>
        {may("edit_session") && (
          <Button
            component={Link}
            to="/sessions/new"
            size="md"
            leftSection={<IconPlus size={20} />}
            data-testid="new-session"
          >
            {t("sessions.new")}
          </Button>
        )}
      </Group>
      <Group justify="space-between">
        <SegmentedControl
          aria-label={t("course.list.which")}
          data={Object.keys(LISTS).map((value) => ({ value, label: t(`course.list.${value}`) }))}
          value={list}
          onChange={(value) => {
            setList(value);
            setPage(1);
          }}
          data-testid="which-list"
        />
        <TextInput
          w={380}
          aria-label={t("course.list.search")}
          placeholder={t("course.list.search")}
          leftSection={<IconSearch size={18} />}
          value={words}
          onChange={(event) => {
            setWords(event.currentTarget.value);
            setPage(1);
          }}
          data-testid="search-sessions"
        />
      </Group>
      {error && (
        <Alert variant="light" color="lacquer">
          {data ? t("app.serverLost") : error.message}
        </Alert>
      )}
      {!data && !error && <Loader aria-label={t("app.loading")} />}
      {data && <Found found={data} none={emptyText(list, asked)} />}
      {data && data.total > PAGE && (
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t("course.list.count", { total: data.total })}
          </Text>
          <Pagination
            total={Math.ceil(data.total / PAGE)}
            value={page}
            onChange={setPage}
            aria-label={t("course.list.page")}
            getControlProps={(control) => ({ "aria-label": control })}
            getItemProps={(number) => ({ "aria-label": `${t("course.list.page")} ${number}` })}
          />
        </Group>
      )}
    </Stack>
  );
}

function emptyText(list: string, words: string): string {
  if (words) return "course.list.none";
  return list === "today" ? "course.list.noneToday" : list === "all" ? "sessions.empty" : "course.list.none";
}

function Found({ found, none }: { found: { sessions: SessionView[]; total: number }; none: string }) {
  const { t } = useTranslation();
  const { extent } = useMe();
  if (found.sessions.length === 0) {
    return (
      <Card withBorder padding="xl">
        <Text size="lg">{t(none)}</Text>
      </Card>
    );
  }
  if (extent("view_sessions") === "own") return <OwnSessions sessions={found.sessions} />;
  return (
    <Stack gap="sm">
      {found.sessions.map((session) => (
        <SessionRow key={session.id} session={session} />
      ))}
    </Stack>
  );
}

/** Where a session is opened: on its way, it is prepared; a rehearsal may be started at once. */
export function placeOf(session: Pick<SessionView, "id" | "state" | "kind">): "prepare" | "console" | "recording" {
  if (["ended", "archived"].includes(session.state)) return "recording";
  if (["live", "paused", "interrupted", "ready"].includes(session.state)) return "console";
  return session.kind === "rehearsal" && session.state === "draft" ? "console" : "prepare";
}

function SessionRow({ session }: { session: SessionView }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const here = session.endpoints.filter((endpoint) => endpoint.state === "connected").length;
  const over = OVER.includes(session.state);
  const place = placeOf(session);
  const to = {
    prepare: `/sessions/${session.id}/prepare`,
    console: `/sessions/${session.id}`,
    recording: `/recordings/${session.id}`,
  }[place];
  const [when, at] = session.started_at
    ? [t("sessions.begun"), session.started_at]
    : session.plan.planned_start
      ? [t("course.list.planned"), session.plan.planned_start]
      : [t("sessions.created"), session.created_at];
  const facts = [
    session.number,
    t(`kind.${session.kind}`),
    `${when} ${dateTime(at)}`,
    session.plan.chair_name && t("course.list.chair", { name: session.plan.chair_name }),
    over || here === 0
      ? t("sessions.endpoints", { count: session.endpoints.length })
      : t("sessions.connected", { here, count: session.endpoints.length }),
    session.started_at && t(`live.recState.${session.recording.state}`),
  ].filter(Boolean);
  return (
    <Card withBorder padding="md" data-testid={`session-${session.id}`}>
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Group gap="sm">
            <Text fw={600} size="lg">
              {session.title}
            </Text>
            <StateBadge state={session.state} />
            {session.kind === "rehearsal" && (
              <Badge size="lg" color="grape" variant="light">
                {t("course.rehearsal.watermark")}
              </Badge>
            )}
          </Group>
          <Text c="dimmed" size="sm" mt={4}>
            {facts.join(" · ")}
          </Text>
        </div>
        <Group wrap="nowrap" gap="xs">
          {place !== "prepare" && !["live", "paused", "interrupted"].includes(session.state) && (
            <Button component={Link} to={`/sessions/${session.id}/prepare`} variant="subtle">
              {t(over ? "course.prepare.plan" : "course.list.prepare")}
            </Button>
          )}
          {["ended", "archived"].includes(session.state) && may("archive_session") && (
            <Button component={Link} to={`/sessions/${session.id}/archive`} variant="subtle">
              {t("archive.nav")}
            </Button>
          )}
          <Button component={Link} to={to} variant={over ? "light" : "filled"} data-testid={`open-${session.id}`}>
            {t({ prepare: "course.list.prepare", console: "course.list.open", recording: "recordings.play" }[place])}
          </Button>
        </Group>
      </Group>
    </Card>
  );
}
