import { ActionIcon, Alert, Button, Card, Group, Loader, Slider, Stack, Text, Title } from "@mantine/core";
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconVolume, IconVolumeOff } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { api } from "../api/client";
import type { RecordingView, TrackView, VerifyReport } from "../api/types";
import { useApi } from "../api/useApi";
import { bytes, dateTime, duration } from "../ui/format";
import { usePlayback } from "../ui/usePlayback";
import { PurposeForm } from "./storage/PurposeForm";

export function Playback() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
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
    <Stack gap="md">
      <Group justify="space-between">
        <div>
          <Title order={1} size="h2">
            {recording.title}
          </Title>
          <Text c="dimmed">
            {dateTime(recording.started_at)} · {duration(recording.duration_s)} · {bytes(recording.bytes)}
            {recording.seal ? ` · ${t("recordings.seal")} ${recording.seal_short}` : ""}
          </Text>
        </div>
        <Verify id={id} disabled={!done} />
      </Group>
      {done && access && <Player recording={recording} access={access} />}
      {done && !access && <PurposeForm id={id} onGranted={setAccess} />}
      {!done && (
        <Alert variant="light" color="navy">
          {t("recordings.noTracks")}
        </Alert>
      )}
    </Stack>
  );
}

function Player({ recording, access }: { recording: RecordingView; access: string }) {
  const { t } = useTranslation();
  const [large, setLarge] = useState(0);
  const [silent, setSilent] = useState<Set<number>>(new Set());
  const player = usePlayback(recording.tracks, recording.duration_s);
  const name = (track: TrackView) =>
    track.source === "screen" ? `${track.endpoint_name} – ${t("recordings.screen")}` : track.endpoint_name;
  const toggle = (index: number) =>
    setSilent((before) => {
      const next = new Set(before);
      if (!next.delete(index)) next.add(index);
      return next;
    });
  return (
    <div style={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr) 300px", gap: 16 }}>
      <Stack gap="sm">
        <div className="playback-main">
          <Mirror source={player.element(large)} />
          <span className="plate">{recording.tracks[large] ? name(recording.tracks[large]) : ""}</span>
        </div>
        <Card withBorder padding="sm">
          <Group wrap="nowrap">
            <ActionIcon
              size={48}
              radius="xl"
              data-testid="play"
              onClick={() => player.toggle()}
              aria-label={t(player.playing ? "recordings.pauseButton" : "recordings.playButton")}
            >
              {player.playing ? <IconPlayerPauseFilled /> : <IconPlayerPlayFilled />}
            </ActionIcon>
            <Slider
              style={{ flex: 1 }}
              min={0}
              max={Math.max(recording.duration_s, 0.1)}
              step={0.1}
              value={player.time}
              onChange={player.seek}
              label={(value) => duration(value)}
              thumbLabel={t("recordings.seek")}
            />
            <Text style={{ fontVariantNumeric: "tabular-nums" }} data-testid="playback-time">
              {duration(player.time)} / {duration(recording.duration_s)}
            </Text>
          </Group>
        </Card>
        {recording.gaps.length > 0 && (
          <Text size="sm" c="dimmed">
            {t("recordings.gaps")}: {recording.gaps.length}
          </Text>
        )}
      </Stack>
      <Stack gap="sm" aria-label={t("recordings.tracks")}>
        {recording.tracks.map((track, index) => (
          <Group key={track.name} gap={6} wrap="nowrap">
            <button
              type="button"
              className="playback-thumb"
              aria-pressed={index === large}
              aria-label={t("recordings.enlarge", { name: name(track) })}
              onClick={() => setLarge(index)}
            >
              {/* biome-ignore lint/a11y/useMediaCaption: a recording of people speaking has no captions */}
              <video
                ref={player.attach(index)}
                src={`${track.url}?access=${encodeURIComponent(access)}`}
                preload="auto"
                playsInline
                muted={silent.has(index)}
                data-testid={`playback-video-${index}`}
              />
              <span className="plate">{name(track)}</span>
            </button>
            <ActionIcon
              variant="subtle"
              aria-pressed={!silent.has(index)}
              aria-label={t("recordings.sound", { name: name(track) })}
              onClick={() => toggle(index)}
            >
              {silent.has(index) ? <IconVolumeOff size={18} /> : <IconVolume size={18} />}
            </ActionIcon>
          </Group>
        ))}
      </Stack>
    </div>
  );
}

/** Draws another video's pictures large, without decoding them twice. */
function Mirror({ source }: { source: HTMLVideoElement | null }) {
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  useEffect(() => {
    if (!canvas || !source) return;
    let request = 0;
    const draw = () => {
      if (source.videoWidth) {
        if (canvas.width !== source.videoWidth) canvas.width = source.videoWidth;
        if (canvas.height !== source.videoHeight) canvas.height = source.videoHeight;
        canvas.getContext("2d")?.drawImage(source, 0, 0);
      }
      request = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(request);
  }, [canvas, source]);
  return <canvas ref={setCanvas} style={{ width: "100%", height: "100%", objectFit: "contain", display: "block" }} />;
}

function Verify({ id, disabled }: { id: string; disabled: boolean }) {
  const { t } = useTranslation();
  const [report, setReport] = useState<VerifyReport | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setReport(await api<VerifyReport>("GET", `/recordings/${id}/verify`).catch(() => null));
    setBusy(false);
  };
  const colour = { whole: "teal.8", not_sealed: "yellow.8", faulty: "lacquer" };
  return (
    <Stack gap={6} align="flex-end">
      <Button variant="light" loading={busy} disabled={disabled} onClick={() => void run()} data-testid="verify">
        {t("recordings.verify")}
      </Button>
      {report && (
        <Text size="sm" fw={600} c={colour[report.verdict]} data-testid="verify-result" role="status">
          {t(`recordings.${report.verdict}`)}
          {report.faults.map((fault) => ` ${fault.file} ${t(`recordings.faultKind.${fault.kind}`)}`).join(";")}
        </Text>
      )}
    </Stack>
  );
}
