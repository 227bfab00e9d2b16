import { Alert, Anchor, Badge, Button, Card, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconCalendarPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/useApi";
import { language, setLanguage } from "../../i18n";
import { dayOf, timeOf } from "./words";

interface Entry {
  starts_at: string;
  ends_at: string;
  kind: string;
  level: string;
  host: string;
  place: string;
  chair_name: string;
  chair_office: string;
}

/** What anybody may know of receptions to come: when, where, who receives. No sign-in. */
export function PublicSchedule() {
  const { t } = useTranslation();
  const { data, error } = useApi<{ entries: Entry[] }>("/public/schedule", 300_000);
  const days = byDay(data?.entries ?? []);
  return (
    <>
      <header className="top">
        <div className="top-inner">
          <span className="brand">
            <img src="/mark.svg" alt="" width={40} height={40} />
            <div>
              <strong>{t("app.name")}</strong>
              <span>{t("app.tagline")}</span>
            </div>
          </span>
          <nav />
          <Button
            variant="subtle"
            color="gray.2"
            onClick={() => void setLanguage(language() === "vi" ? "en" : "vi")}
            lang={language() === "vi" ? "en" : "vi"}
          >
            {t("app.language")}
          </Button>
        </div>
      </header>
      <main id="main" className="page">
        <Stack gap="md" maw={900} mx="auto">
          <Group justify="space-between">
            <Title order={1} size="h2">
              {t("schedule.title")}
            </Title>
            <Button
              component="a"
              href="/lich-tiep-cong-dan.ics"
              variant="light"
              leftSection={<IconCalendarPlus size={18} />}
              data-testid="calendar-feed"
            >
              {t("schedule.feed")}
            </Button>
          </Group>
          <Text>{t("schedule.text")}</Text>
          {error && (
            <Alert variant="light" color="navy">
              {error.message}
            </Alert>
          )}
          {!data && !error && <Loader aria-label={t("app.loading")} />}
          {data?.entries.length === 0 && (
            <Card withBorder padding="xl">
              <Text>{t("schedule.none")}</Text>
            </Card>
          )}
          {days.map(([day, entries]) => (
            <section key={day} aria-label={day}>
              <Title order={2} size="h4" mb="xs">
                {day}
              </Title>
              <Stack gap="xs">
                {entries.map((entry) => (
                  <Announced key={entry.starts_at + entry.host + entry.chair_name} entry={entry} />
                ))}
              </Stack>
            </section>
          ))}
          <Text size="sm" c="dimmed">
            <Anchor href="/lich-tiep-cong-dan.json">{t("schedule.data")}</Anchor>
          </Text>
        </Stack>
      </main>
    </>
  );
}

function byDay(entries: Entry[]): [string, Entry[]][] {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const day = dayOf(entry.starts_at);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days];
}

function Announced({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const chair = [entry.chair_office, entry.chair_name].filter(Boolean).join(" ");
  return (
    <Card withBorder padding="md" data-testid="announced">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Text fw={600} size="lg">
            {timeOf(entry.starts_at)} · {entry.host}
          </Text>
          <Text>{t("schedule.place", { place: entry.place })}</Text>
          {chair && <Text>{t("schedule.chair", { chair })}</Text>}
          <Text size="sm" c="dimmed">
            {t(`kind.${entry.kind}`)}
          </Text>
        </div>
        {entry.level && (
          <Badge variant="light" size="lg">
            {t(`schedule.level.${entry.level}`)}
          </Badge>
        )}
      </Group>
    </Card>
  );
}
