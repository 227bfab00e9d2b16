import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ArchiveView } from "../../api/archive";
import { bytes, dateTime } from "../../ui/format";
import type { ArchiveAct } from "./ArchivePage";

/** The session's package: recording and papers, listed with signed hashes. */
export function PackageStep({ archive, act }: { archive: ArchiveView; act: ArchiveAct }) {
  const { t } = useTranslation();
  const made = archive.package;
  const possible = archive.state === "ended" && archive.minutes_final && archive.recording === "sealed";
  return (
    <>
      <Text size="sm">{t("archive.packageText")}</Text>
      {archive.recording !== "sealed" && (
        <Text size="sm" c="lacquer">
          {t(`archive.recording.${archive.recording}`)}
        </Text>
      )}
      {made.state !== "none" && (
        <Text size="sm" data-testid="package-state">
          {t(`archive.package.${made.state}`, {
            at: dateTime(made.made_at),
            count: made.files,
            size: bytes(made.bytes),
          })}
        </Text>
      )}
      {made.hash && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          SHA-256 {made.hash}
        </Text>
      )}
      {archive.state === "ended" && (
        <Group>
          <Button
            variant={made.state === "ready" ? "default" : "filled"}
            disabled={!possible}
            onClick={() => void act("POST", `/sessions/${archive.session_id}/archive/package`, {})}
            data-testid="make-package"
          >
            {t(made.state === "none" ? "archive.makePackage" : "archive.makePackageAgain")}
          </Button>
          {!archive.minutes_final && (
            <Text size="sm" c="dimmed">
              {t("archive.minutesFirst")}
            </Text>
          )}
        </Group>
      )}
    </>
  );
}
