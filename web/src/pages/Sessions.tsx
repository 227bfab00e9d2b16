import { Alert, Button, Card, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "../api/me";
import type { SessionView } from "../api/types";
import { useApi } from "../api/useApi";
import { dateTime } from "../ui/format";
import { StateBadge } from "../ui/StateBadge";

export function Sessions() {
  const { t } = useTranslation();
  const { may } = useMe();
  const { data, error } = useApi<{ sessions: SessionView[] }>("/sessions", 4000);
  return (
    <Stack gap="lg">
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
      {error && (
        <Alert variant="light" color="lacquer">
          {data ? t("app.serverLost") : error.message}
        </Alert>
      )}
      {!data && !error && <Loader aria-label={t("app.loading")} />}
      {data?.sessions.length === 0 && (
        <Card withBorder padding="xl">
          <Text size="lg">{t("sessions.empty")}</Text>
        </Card>
      )}
      {data?.sessions.map((session) => (
        <SessionRow key={session.id} session={session} />
      ))}
    </Stack>
  );
}

function SessionRow({ session }: { session: SessionView }) {
  const { t } = useTranslation();
  const here = session.endpoints.filter((endpoint) => endpoint.state === "connected").length;
  const open = session.state !== "ended";
  return (
    <Card withBorder padding="md" data-testid={`session-${session.id}`}>
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Group gap="sm">
            <Text fw={600} size="lg">
              {session.title}
            </Text>
            <StateBadge state={session.state} />
          </Group>
          <Text c="dimmed" size="sm" mt={4}>
            {t(`kind.${session.kind}`)} · {t(session.started_at ? "sessions.begun" : "sessions.created")}{" "}
            {dateTime(session.started_at ?? session.created_at)} ·{" "}
            {open
              ? t("sessions.connected", { here, count: session.endpoints.length })
              : t("sessions.endpoints", { count: session.endpoints.length })}{" "}
            · {t(`live.recState.${session.recording.state}`)}
          </Text>
        </div>
        <Button
          component={Link}
          to={open ? `/sessions/${session.id}` : `/recordings/${session.id}`}
          variant={open ? "filled" : "light"}
        >
          {open ? t("sessions.open") : t("recordings.play")}
        </Button>
      </Group>
    </Card>
  );
}
