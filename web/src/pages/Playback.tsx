import { Alert, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { useMe } from "../api/me";
import type { RecordingView } from "../api/types";
import { useApi } from "../api/useApi";
import { bytes, dateTime, duration } from "../ui/format";
import { RehearsalMark } from "../ui/RehearsalMark";
import { ExportCard } from "./exports/ExportRequests";
import { AccessForm } from "./playback/AccessForm";
import { Derivatives } from "./playback/Derivatives";
import { PlayerPage } from "./playback/PlayerPage";
import { Verify } from "./playback/Verify";
import { RecordingStorageCard } from "./storage/RecordingStorageCard";

export function Playback() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const [address] = useSearchParams();
  const { data: recording, error, reload } = useApi<RecordingView>(`/recordings/${id}`);
  const [access, setAccess] = useState("");
  const done = recording?.state === "done";
  useEffect(() => {
    if (done) return;
    const timer = setInterval(() => void reload(), 2000);
    return () => clearInterval(timer);
  }, [done, reload]);
  if (!recording) {
    return error ? (
      <Alert color="navy" variant="light">
        {t("recordings.noTracks")}
      </Alert>
    ) : (
      <Loader aria-label={t("app.loading")} />
    );
  }
  return (
    <Stack gap="xs">
      <RehearsalMark on={recording.kind === "rehearsal"} />
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1} size="h3">
            {recording.title}
          </Title>
          <Text c="dimmed" size="sm">
            {dateTime(recording.started_at)} · {duration(recording.duration_s)} · {bytes(recording.bytes)}
            {recording.seal ? ` · ${t("recordings.seal")} ${recording.seal_short}` : ""}
          </Text>
        </div>
        <Verify id={id} disabled={!done} />
      </Group>
      <Body
        recording={recording}
        done={done}
        access={access}
        from={Number(address.get("t")) || 0}
        onAccess={setAccess}
      />
      {done && <ExportCard sessionId={id} lengthS={recording.duration_s} />}
      <RecordingStorageCard id={id} />
    </Stack>
  );
}

interface BodyProps {
  recording: RecordingView;
  done: boolean;
  access: string;
  from: number;
  onAccess: (access: string) => void;
}

function Body({ recording, done, access, from, onAccess }: BodyProps) {
  const { t } = useTranslation();
  const { may } = useMe();
  if (!done)
    return (
      <Alert variant="light" color="navy">
        {t(recording.state === "recording" ? "playback.stillLive" : "recordings.noTracks")}
      </Alert>
    );
  if (!recording.tracks.length)
    return (
      <Alert variant="light" color="navy">
        {t("playback.nothing")}
      </Alert>
    );
  if (!access) return <AccessForm id={recording.id} onAccess={onAccess} />;
  return (
    <Stack gap="md">
      <PlayerPage recording={recording} access={access} from={from} />
      {may("export_recording") && <Derivatives recording={recording} access={access} />}
    </Stack>
  );
}
