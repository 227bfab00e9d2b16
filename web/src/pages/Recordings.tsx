import { Alert, Badge, Button, Card, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { RecordingView } from "../api/types";
import { useApi } from "../api/useApi";
import { bytes, dateTime, duration } from "../ui/format";

export function Recordings() {
  const { t } = useTranslation();
  const { data, error } = useApi<{ recordings: RecordingView[] }>("/recordings", 5000);
  return (
    <Stack gap="lg">
      <Title order={1} size="h2">
        {t("recordings.title")}
      </Title>
      {error && (
        <Alert variant="light" color="lacquer">
          {data ? t("app.serverLost") : error.message}
        </Alert>
      )}
      {!data && !error && <Loader aria-label={t("app.loading")} />}
      {data?.recordings.length === 0 && (
        <Card withBorder padding="xl">
          <Text size="lg">{t("recordings.empty")}</Text>
        </Card>
      )}
      {data?.recordings.map((recording) => (
        <Card withBorder padding="md" key={recording.id}>
          <Group justify="space-between" wrap="nowrap">
            <div>
              <Group gap="sm">
                <Text fw={600} size="lg">
                  {recording.title}
                </Text>
                <Badge variant="light" color={recording.state === "done" ? "teal.8" : "yellow.8"}>
                  {t(`recordings.state.${recording.state}`)}
                </Badge>
              </Group>
              <Text c="dimmed" size="sm" mt={4}>
                {dateTime(recording.started_at)} · {duration(recording.duration_s)} · {bytes(recording.bytes)}
              </Text>
            </div>
            <Button component={Link} to={`/recordings/${recording.id}`} variant="light">
              {t("recordings.play")}
            </Button>
          </Group>
        </Card>
      ))}
    </Stack>
  );
}
