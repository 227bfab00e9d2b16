import { Button, Card, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "../../api/me";
import { OVER, type SessionView } from "../../api/types";
import { dateTime } from "../../ui/format";
import { StateBadge } from "../../ui/StateBadge";

/** The sessions of a technician's or delegate's own endpoint, each with the way into its room. */
export function OwnSessions({ sessions }: { sessions: SessionView[] }) {
  const { t } = useTranslation();
  const { sees } = useMe();
  return (
    <Stack>
      {sessions.map((session) => {
        const own = session.endpoints.find((endpoint) => endpoint.join_url);
        return (
          <Card withBorder padding="md" key={session.id} data-testid={`own-${session.id}`}>
            <Group justify="space-between" wrap="nowrap">
              <div>
                <Group gap="sm">
                  <Text fw={600} size="lg">
                    {session.title}
                  </Text>
                  <StateBadge state={session.state} />
                </Group>
                <Text c="dimmed" size="sm" mt={4}>
                  {t(`kind.${session.kind}`)} · {dateTime(session.started_at ?? session.created_at)}
                  {own ? ` · ${own.name}` : ""}
                </Text>
              </div>
              <Group gap="xs" wrap="nowrap">
                {sees("write_minutes") && (
                  <Button component={Link} to={`/sessions/${session.id}/secretary`} variant="light">
                    {t("case.minutesAndComments")}
                  </Button>
                )}
                {OVER.includes(session.state) && sees("ask_recording") && (
                  <Button component={Link} to={`/exports?session=${session.id}`} variant="subtle">
                    {t("exports.what.playback")}
                  </Button>
                )}
                {own && session.state !== "ended" && (
                  <Button component="a" href={own.join_url} target="_blank" rel="noopener">
                    {t("people.own.enter")}
                  </Button>
                )}
              </Group>
            </Group>
          </Card>
        );
      })}
    </Stack>
  );
}
