import { Button, Card, Group, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { SessionView } from "../../api/types";
import type { Question } from "../../ui/confirm";
import { bytes, duration, hoursLeft } from "../../ui/format";
import { type Act, Value } from "../LiveSession";
import { Confidence } from "../live/Confidence";
import { SetMarker } from "../live/SetMarker";

interface Props {
  session: SessionView;
  act: Act;
  ask: (question: Question) => void;
}

/** State, duration, size, what the disk takes; and the recorder anew where it has a fault. */
export function RecordingPanel({ session, act, ask }: Props) {
  const { t } = useTranslation();
  const { recording } = session;
  const level = { recording: "good", fault: "poor", off: "", finishing: "fair", done: "good" }[recording.state];
  const told = recording.state !== "done" || recording.bytes > 0; // of an ended session only its seal is kept here
  const open = session.state === "live" || session.state === "paused" || session.state === "interrupted";
  return (
    <Card withBorder padding="sm" className="recording-card" data-testid="recording-panel">
      <Group gap="xs" mb={6} wrap="nowrap">
        <span className="light" data-level={level} />
        <Text fw={600} component="h2" className="keep">
          {t("live.recording")}
        </Text>
        <Text className="keep" style={{ flex: 1 }} data-testid="recording-state">
          {t(`live.recState.${recording.state}`)}
        </Text>
        {recording.state === "recording" && <Confidence session={session} />}
        {open && (
          <Button
            size="compact-xs"
            variant={recording.state === "recording" ? "subtle" : "filled"}
            color={recording.state === "recording" ? "navy" : "lacquer"}
            leftSection={<IconRefresh size={14} />}
            data-testid="restart-recording"
            onClick={() =>
              ask({
                title: t("console.recording.confirm"),
                text: t("console.recording.confirmText"),
                action: t("console.recording.restart"),
                onYes: () => void act("POST", "/recording/restart"),
              })
            }
          >
            {t("console.recording.restart")}
          </Button>
        )}
      </Group>
      <div className="recording-numbers">
        <dl className="numbers">
          {told && (
            <>
              <Value name={t("live.duration")} value={duration(recording.seconds)} />
              <Value name={t("live.size")} value={bytes(recording.bytes)} />
              <Value name={t("live.free")} value={recording.free_bytes ? bytes(recording.free_bytes) : "–"} />
              <Value name={t("live.lasts")} value={hoursLeft(recording.hours_left)} />
              <Value name={t("live.lost")} value={String(recording.dropped_packets)} />
            </>
          )}
          {recording.seal_short && <Value name={t("recordings.seal")} value={recording.seal_short} />}
        </dl>
        {recording.state === "recording" && <SetMarker sessionId={session.id} />}
      </div>
    </Card>
  );
}
