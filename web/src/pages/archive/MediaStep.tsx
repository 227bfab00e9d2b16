import { Badge, Button, Group, Progress, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ArchiveView, Medium, MediumState } from "../../api/archive";
import { useMe } from "../../api/me";
import { dateTime } from "../../ui/format";
import type { ReasonQuestion } from "../storage/AskReason";
import { inLanguage } from "../storage/DiskCard";
import type { ArchiveAct } from "./ArchivePage";

const COLOURS: Record<MediumState, string> = {
  verified: "teal.9",
  checking: "navy",
  copying: "navy",
  waiting: "orange.9",
  outdated: "orange.9",
  failed: "lacquer",
  same_disk: "gray.7",
  none: "gray.7",
};
const COPYABLE: MediumState[] = ["none", "outdated", "failed"];

interface Props {
  archive: ArchiveView;
  act: ArchiveAct;
  ask: (question: ReasonQuestion) => void;
}

/** Where the package was read back whole; two media are needed. */
export function MediaStep({ archive, act, ask }: Props) {
  const { t } = useTranslation();
  const { may } = useMe();
  const copy = (target: string, name: string) =>
    ask({
      title: t("storage.copyTo", { name }),
      text: t("storage.copyText"),
      label: t("storage.purpose"),
      action: t("storage.copy"),
      onReason: (purpose) => void act("POST", `/recordings/${archive.session_id}/copies`, { target, purpose }),
    });
  const external = archive.media.some((each) => each.kind !== "original" && each.state !== "same_disk");
  return (
    <>
      <Text size="sm" data-testid="media-count">
        {t("archive.mediaCount", { count: archive.media_verified, needed: archive.media_needed })}
      </Text>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {archive.media.map((each) => (
            <Table.Tr key={each.target} data-testid={`medium-${each.kind}`}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                {each.kind === "disk" ? each.target : t(`archive.medium.${each.kind}`)}
              </Table.Td>
              <Table.Td>
                <Standing medium={each} />
              </Table.Td>
              <Table.Td>
                {archive.state === "ended" &&
                  archive.package.state === "ready" &&
                  each.kind !== "original" &&
                  COPYABLE.includes(each.state) &&
                  (may("storage") ? (
                    <Button
                      size="xs"
                      variant="light"
                      onClick={() => copy(each.target, each.kind === "store" ? t("archive.medium.store") : each.target)}
                      data-testid="copy-package"
                    >
                      {t("archive.copyHere")}
                    </Button>
                  ) : (
                    <Text size="sm">{t("archive.askArchivist")}</Text>
                  ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {!external && archive.state === "ended" && (
        <Text size="sm" c="dimmed">
          {t("archive.noMedium")}
        </Text>
      )}
    </>
  );
}

function Standing({ medium }: { medium: Medium }) {
  const { t } = useTranslation();
  return (
    <Group gap="xs">
      <Badge color={COLOURS[medium.state]} data-testid="medium-state">
        {t(`archive.mediumState.${medium.state}`)}
      </Badge>
      {medium.verified_at && <Text size="sm">{dateTime(medium.verified_at)}</Text>}
      {medium.state === "copying" && medium.bytes > 0 && (
        <Progress
          w={160}
          value={(100 * medium.done_bytes) / medium.bytes}
          aria-label={t("archive.mediumState.copying")}
        />
      )}
      {medium.error && (
        <Text size="sm" c="lacquer">
          {inLanguage(medium.error)}
        </Text>
      )}
    </Group>
  );
}
