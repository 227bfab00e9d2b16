import { Badge, Button, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import type { ReasonQuestion } from "./AskReason";
import type { Copy, Overview, RecordingStorage } from "./api";
import { inLanguage } from "./DiskCard";
import type { ActOnRecording } from "./RecordingStorageCard";

const COLOURS = { verified: "teal.9", copying: "navy", waiting: "yellow.8", failed: "lacquer" } as const;

interface Props {
  storage: RecordingStorage;
  act: ActOnRecording;
  ask: (question: ReasonQuestion) => void;
}

/** Where copies are, and buttons to make more. */
export function CopiesPart({ storage, act, ask }: Props) {
  const { t } = useTranslation();
  const { data } = useApi<Overview>("/storage", 5000);
  const copy = (target: string, name: string) =>
    ask({
      title: t("storage.copyTo", { name }),
      text: t("storage.copyText"),
      label: t("storage.purpose"),
      action: t("storage.copy"),
      onReason: (purpose) => void act("POST", "/copies", { target, purpose }),
    });
  const external = data?.disks.filter((disk) => disk.role === "external" && !disk.read_only) ?? [];
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {t("storage.copies")}
      </Title>
      {storage.copies.length === 0 && <Text c="dimmed">{t("storage.noCopies")}</Text>}
      {storage.copies.map((each) => (
        <CopyLine key={each.target} copy={each} />
      ))}
      <Group gap="xs">
        {external.map((disk) => (
          <Button
            key={disk.path}
            size="xs"
            variant="light"
            onClick={() => copy(disk.path, disk.path)}
            data-testid="copy-to-disk"
          >
            {t("storage.copyTo", { name: disk.path })}
          </Button>
        ))}
        {data?.store.configured && (
          <Button size="xs" variant="light" onClick={() => copy("s3", t("storage.store"))} data-testid="copy-to-store">
            {t("storage.copyTo", { name: t("storage.store") })}
          </Button>
        )}
      </Group>
      {data && external.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("storage.noExternal")}
        </Text>
      )}
    </Stack>
  );
}

function CopyLine({ copy }: { copy: Copy }) {
  const { t } = useTranslation();
  return (
    <div>
      <Group gap="xs" wrap="nowrap">
        <Badge color={COLOURS[copy.state]} style={{ flexShrink: 0 }} data-testid="copy-state">
          {t(`storage.copyState.${copy.state}`)}
        </Badge>
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {copy.target} {copy.verified_at ? `· ${dateTime(copy.verified_at)}` : ""}
        </Text>
      </Group>
      {copy.state === "copying" && copy.bytes > 0 && (
        <Progress
          mt={4}
          value={(100 * copy.done_bytes) / copy.bytes}
          animated
          aria-label={t("storage.copyState.copying")}
        />
      )}
      {copy.same_disk && (
        <Text size="sm" c="lacquer">
          {t("storage.sameDisk")}
        </Text>
      )}
      {copy.error && (
        <Text size="sm" c="lacquer">
          {inLanguage(copy.error)}
        </Text>
      )}
    </div>
  );
}
