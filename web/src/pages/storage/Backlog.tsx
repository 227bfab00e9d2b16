import { Anchor, Badge, Button, Card, Group, Progress, Stack, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { bytes, dateTime } from "../../ui/format";
import type { Job, Overview } from "./api";
import { inLanguage } from "./DiskCard";

type Act = (method: string, path: string, body?: unknown) => Promise<void>;

/** What is being copied or waits for it. */
export function Backlog({ jobs, act }: { jobs: Job[]; act: Act }) {
  const { t } = useTranslation();
  return (
    <Card withBorder padding="md" data-testid="backlog">
      <Title order={2} size="h4" mb="xs">
        {t("storage.backlog")}
      </Title>
      {jobs.length === 0 && <Text c="dimmed">{t("storage.nothingWaits")}</Text>}
      {jobs.length > 0 && (
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("storage.work")}</Table.Th>
              <Table.Th>{t("storage.target")}</Table.Th>
              <Table.Th style={{ width: "36%" }}>{t("storage.state")}</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {jobs.map((job) => (
              <Table.Tr key={job.id}>
                <Table.Td>
                  <Text fw={600}>{t(`storage.kind.${job.kind}`)}</Text>
                  {job.recording && (
                    <Anchor component={Link} to={`/recordings/${job.recording}`} size="sm">
                      {job.title || job.recording}
                    </Anchor>
                  )}
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  {job.target === "s3" ? t("storage.store") : job.target}
                </Table.Td>
                <Table.Td>
                  <Standing job={job} />
                </Table.Td>
                <Table.Td>
                  {job.kind !== "destroy" && (
                    <Button
                      size="xs"
                      variant="subtle"
                      color="lacquer"
                      onClick={() => void act("DELETE", `/storage/jobs/${job.id}`)}
                    >
                      {t("storage.takeBack")}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  );
}

function Standing({ job }: { job: Job }) {
  const { t } = useTranslation();
  if (job.state === "running") {
    return (
      <Stack gap={4}>
        <Progress
          value={job.bytes ? (100 * job.done_bytes) / job.bytes : 0}
          animated
          aria-label={t("storage.running")}
        />
        <Text size="sm">
          {job.kind === "copy" ? `${bytes(job.done_bytes)} / ${bytes(job.bytes)}` : t("storage.running")}
        </Text>
      </Stack>
    );
  }
  return (
    <Stack gap={2}>
      <Text size="sm">
        {job.next_at ? t("storage.again", { at: dateTime(job.next_at), tries: job.tries }) : t("storage.waiting")}
      </Text>
      {job.error && (
        <Text size="sm" c="lacquer">
          {inLanguage(job.error)}
        </Text>
      )}
    </Stack>
  );
}

export function StoreCard({ store }: { store: Overview["store"] }) {
  const { t } = useTranslation();
  return (
    <Card withBorder padding="md" data-testid="store">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t("storage.store")}
        </Title>
        {store.configured && (
          <Badge color={store.waiting ? "yellow.8" : "teal.9"}>
            {t(store.waiting ? "storage.behind" : "storage.upToDate")}
          </Badge>
        )}
      </Group>
      {!store.configured && <Text c="dimmed">{t("storage.noStore")}</Text>}
      {store.configured && (
        <Stack gap={4}>
          <Text size="sm" c="dimmed">
            {store.name}
          </Text>
          <Text>{t("storage.storeHas", { count: store.copies })}</Text>
          <Text>
            {t("storage.storeWaits", { count: store.waiting, size: bytes(store.waiting_bytes) })}
            {store.oldest_waiting_at ? ` ${t("storage.since", { at: dateTime(store.oldest_waiting_at) })}` : ""}
          </Text>
        </Stack>
      )}
    </Card>
  );
}
