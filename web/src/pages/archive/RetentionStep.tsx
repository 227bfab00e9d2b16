import { Select, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ArchiveView, RetentionClass } from "../../api/archive";
import { useMe } from "../../api/me";
import { dateTime } from "../../ui/format";
import type { ArchiveAct } from "./ArchivePage";

/** How long the session's file is kept. */
export function RetentionStep({ archive, act }: { archive: ArchiveView; act: ArchiveAct }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const until = archive.kept_until
    ? t("storage.keptUntil", { date: dateTime(archive.kept_until) })
    : archive.retention === "vinh_vien"
      ? t("storage.forEver")
      : "";
  if (archive.state !== "ended" || !may("archive_session")) {
    return (
      <Text size="sm">
        {archive.retention ? t(`storage.class.${archive.retention}`) : t("archive.noRetention")} {until}
      </Text>
    );
  }
  return (
    <>
      <Select
        aria-label={t("archive.step.retention")}
        placeholder={t("archive.chooseRetention")}
        maw={320}
        data={(Object.keys(archive.classes) as RetentionClass[]).map((each) => ({
          value: each,
          label: t(`storage.class.${each}`),
        }))}
        value={archive.retention || null}
        allowDeselect={false}
        onChange={(retention) =>
          retention && void act("PUT", `/sessions/${archive.session_id}/archive/retention`, { retention })
        }
        data-testid="session-retention"
      />
      {until && <Text size="sm">{until}</Text>}
    </>
  );
}
