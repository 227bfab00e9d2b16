import { Alert, Button, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { language } from "../../i18n";
import { dateTime } from "../../ui/format";
import type { ReasonQuestion } from "./AskReason";
import type { PersonAt, RecordingStorage, RetentionClass } from "./api";
import type { ActOnRecording } from "./RecordingStorageCard";

interface Props {
  storage: RecordingStorage;
  act: ActOnRecording;
  ask: (question: ReasonQuestion) => void;
}

/** How long the recording is kept, the hold, and its destruction by two persons. */
export function RetentionPart({ storage, act, ask }: Props) {
  const { t } = useTranslation();
  const reason = (name: string, onReason: (reason: string) => void, danger = false) =>
    ask({
      title: t(`storage.ask.${name}.title`),
      text: t(`storage.ask.${name}.text`),
      label: t("storage.reason"),
      action: t(`storage.ask.${name}.action`),
      danger,
      onReason,
    });
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {t("storage.retention")}
      </Title>
      <Select
        aria-label={t("storage.retention")}
        data={(Object.keys(storage.classes) as RetentionClass[]).map((each) => ({
          value: each,
          label: t(`storage.class.${each}`),
        }))}
        value={storage.retention}
        allowDeselect={false}
        maw={320}
        data-testid="retention"
        onChange={(value) => {
          if (value && value !== storage.retention)
            reason("retention", (text) => void act("PUT", "/retention", { retention: value, reason: text }));
        }}
      />
      <Text size="sm">
        {storage.kept_until
          ? t("storage.keptUntil", { date: dateTime(storage.kept_until) })
          : t(storage.retention === "vinh_vien" ? "storage.forEver" : "storage.notComplete")}
      </Text>
      {storage.hold && (
        <Alert variant="light" color="yellow" data-testid="hold">
          {t("storage.onHold")} <Who who={storage.hold} />
        </Alert>
      )}
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          data-testid="toggle-hold"
          onClick={() =>
            reason(
              storage.hold ? "release" : "hold",
              (text) => void act("PUT", "/hold", { on: !storage.hold, reason: text }),
            )
          }
        >
          {t(storage.hold ? "storage.ask.release.action" : "storage.ask.hold.action")}
        </Button>
        {!storage.deletion && (
          <Button
            size="xs"
            variant="light"
            color="lacquer"
            disabled={storage.destroy_refused_vi !== ""}
            data-testid="ask-destroy"
            onClick={() => reason("destroy", (text) => void act("POST", "/deletion", { reason: text }), true)}
          >
            {t("storage.ask.destroy.action")}
          </Button>
        )}
      </Group>
      {!storage.deletion && storage.destroy_refused_vi && (
        <Text size="sm" c="dimmed">
          {language() === "vi" ? storage.destroy_refused_vi : storage.destroy_refused_en}
        </Text>
      )}
      {storage.deletion && <Deletion storage={storage} act={act} reason={reason} />}
    </Stack>
  );
}

interface DeletionProps {
  storage: RecordingStorage;
  act: ActOnRecording;
  reason: (name: string, onReason: (reason: string) => void, danger?: boolean) => void;
}

function Deletion({ storage, act, reason }: DeletionProps) {
  const { t } = useTranslation();
  const { deletion } = storage;
  if (!deletion) return null;
  return (
    <Alert variant="light" color="lacquer" title={t(`storage.deletion.${deletion.state}`)} data-testid="deletion">
      <Stack gap="xs">
        <Who who={deletion.requested} />
        {deletion.approved && <Who who={deletion.approved} />}
        {deletion.state === "requested" && (
          <>
            {storage.yourself && <Text size="sm">{t("storage.anotherPerson")}</Text>}
            <Group gap="xs">
              <Button
                size="xs"
                color="lacquer"
                disabled={storage.yourself}
                data-testid="approve-destroy"
                onClick={() =>
                  reason("approve", (text) => void act("POST", "/deletion/approve", { reason: text }), true)
                }
              >
                {t("storage.ask.approve.action")}
              </Button>
              <Button
                size="xs"
                variant="default"
                onClick={() => reason("withdraw", (text) => void act("POST", "/deletion/withdraw", { reason: text }))}
              >
                {t("storage.ask.withdraw.action")}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Alert>
  );
}

function Who({ who }: { who: PersonAt }) {
  return (
    <Text size="sm" component="span">
      {who.name}, {dateTime(who.at)}: {who.reason}
    </Text>
  );
}
