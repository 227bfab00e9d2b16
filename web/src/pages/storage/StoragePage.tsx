import { Alert, Group, Loader, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useMe } from "../../api/me";
import { useApi } from "../../api/useApi";
import { language } from "../../i18n";
import { Waiting } from "../archive/Waiting";
import type { Overview } from "./api";
import { Backlog, StoreCard } from "./Backlog";
import { Destructions } from "./Destructions";
import { DiskCard, type Ejected, inLanguage } from "./DiskCard";
import { FixityCard } from "./FixityCard";

/** Disks, what waits to be copied, the last check, what was destroyed. */
export function StoragePage() {
  const { t } = useTranslation();
  const { may } = useMe();
  const { data, error, reload } = useApi<Overview>("/storage", 3000);
  const [problem, setProblem] = useState("");
  const [ejected, setEjected] = useState<Ejected | null>(null);
  const act = async (method: string, path: string, body?: unknown) => {
    setProblem("");
    try {
      await api(method, path, body);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    await reload();
  };
  if (!data) {
    return error ? (
      <Alert variant="light" color="lacquer">
        {error.message}
      </Alert>
    ) : (
      <Loader aria-label={t("app.loading")} />
    );
  }
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2">
          {t("storage.title")}
        </Title>
        <Text c="dimmed">{t("storage.text")}</Text>
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
      {ejected && (
        <Alert
          variant="light"
          color={ejected.safe_to_remove ? "teal" : "lacquer"}
          title={ejected.path}
          withCloseButton
          onClose={() => setEjected(null)}
          data-testid="eject-result"
        >
          {ejected.safe_to_remove ? t("storage.safe") : `${t("storage.notSafe")} ${inLanguage(ejected.reason)}`}
        </Alert>
      )}
      {data.alarms.map((alarm) => (
        <Alert
          key={alarm.code + alarm.en}
          variant="light"
          color={alarm.level === "critical" ? "lacquer" : "yellow"}
          data-testid={`alarm-${alarm.code}`}
        >
          {language() === "vi" ? alarm.vi : alarm.en}
        </Alert>
      ))}
      <section aria-label={t("storage.disks")}>
        <Title order={2} size="h4" mb="xs">
          {t("storage.disks")}
        </Title>
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
          {data.disks.map((disk) => (
            <DiskCard
              key={disk.role + disk.path}
              disk={disk}
              overview={data}
              onEjected={async (found) => {
                setEjected(found);
                await reload();
              }}
            />
          ))}
        </SimpleGrid>
        {!data.disks.some((disk) => disk.role === "external") && (
          <Text c="dimmed" size="sm" mt="xs">
            {t("storage.noExternal")}
          </Text>
        )}
      </section>
      {may("archive_session") && <Waiting />}
      <Backlog jobs={data.jobs} act={act} />
      <Group align="stretch" grow preventGrowOverflow={false}>
        <StoreCard store={data.store} />
        <FixityCard fixity={data.fixity} running={data.jobs.some((job) => job.kind === "fixity")} act={act} />
      </Group>
      <Destructions />
    </Stack>
  );
}
