import { Badge, Button, Card, Group, Progress, Stack, Text } from "@mantine/core";
import { IconDeviceSdCard, IconServer2 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { language } from "../../i18n";
import { bytes, hoursLeft } from "../../ui/format";
import type { Disk, Overview } from "./api";

export interface Ejected {
  path: string;
  safe_to_remove: boolean;
  reason: string;
}

/** The half of a "Vietnamese / English" text that is wanted. */
export function inLanguage(text: string): string {
  const [vi = "", ...rest] = text.split(" / ");
  return language() === "vi" || !rest.length ? vi : rest.join(" / ");
}

export function DiskCard({
  disk,
  overview,
  onEjected,
}: {
  disk: Disk;
  overview: Overview;
  onEjected: (found: Ejected) => Promise<void>;
}) {
  const { t } = useTranslation();
  const used = disk.total_bytes ? (100 * (disk.total_bytes - disk.free_bytes)) / disk.total_bytes : 0;
  const colour = { "": "teal.9", low: "yellow.8", critical: "lacquer" }[disk.level];
  return (
    <Card withBorder padding="md" data-testid={`disk-${disk.role}`} data-level={disk.level}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            {disk.role === "external" ? <IconDeviceSdCard size={22} /> : <IconServer2 size={22} />}
            <Text fw={600}>{t(`storage.role.${disk.role}`)}</Text>
          </Group>
          {disk.read_only && <Badge color="gray.7">{t("storage.readOnly")}</Badge>}
        </Group>
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {disk.path}
        </Text>
        <Progress value={used} color={colour} aria-label={t("storage.used")} />
        <Text size="sm">{t("storage.free", { free: bytes(disk.free_bytes), total: bytes(disk.total_bytes) })}</Text>
        {disk.hours_left !== null && (
          <Text fw={600} c={colour} data-testid="hours-left">
            {t("storage.lasts", { hours: hoursLeft(disk.hours_left) })}
          </Text>
        )}
        {disk.role === "recordings" && (
          <Text size="xs" c="dimmed">
            {t("storage.counted", {
              rate: bytes(overview.bytes_per_hour),
              warn: hoursLeft(overview.warn_hours),
              critical: hoursLeft(overview.critical_hours),
            })}
          </Text>
        )}
        {disk.same_disk && disk.role !== "recordings" && (
          <Text size="sm" c="lacquer">
            {t("storage.sameDisk")}
          </Text>
        )}
        {disk.role === "external" && <Eject disk={disk} onEjected={onEjected} />}
      </Stack>
    </Card>
  );
}

function Eject({ disk, onEjected }: { disk: Disk; onEjected: (found: Ejected) => Promise<void> }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const eject = async () => {
    setBusy(true);
    let found: Omit<Ejected, "path">;
    try {
      found = await api<Omit<Ejected, "path">>("POST", "/storage/eject", { path: disk.path });
    } catch (failure) {
      found = { safe_to_remove: false, reason: failure instanceof Error ? failure.message : String(failure) };
    }
    setBusy(false);
    await onEjected({ ...found, path: disk.path });
  };
  return (
    <Stack gap="xs">
      {disk.busy.length > 0 && <Text size="sm">{t("storage.busy", { count: disk.busy.length })}</Text>}
      <Button
        variant="light"
        size="sm"
        loading={busy}
        disabled={disk.busy.length > 0}
        onClick={() => void eject()}
        data-testid="eject"
      >
        {t("storage.eject")}
      </Button>
    </Stack>
  );
}
