import { Alert, Button, Group, Select, Stack, Text, Title } from "@mantine/core";
import { IconVolume } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type Choice,
  listDevices,
  loadChoice,
  type Opened,
  openDevices,
  playTestSound,
  saveChoice,
  watchLevel,
} from "../endpoint/devices";
import { kioskMode } from "../endpoint/kiosk";
import type { LocalMedia } from "../endpoint/link";
import { language, setLanguage } from "../i18n";
import { HelpButton } from "./help/HelpButton";

interface Props {
  onCheck: () => void;
  onEnter: (media: LocalMedia, switches: { microphone: boolean; camera: boolean }) => void;
}

export function GreenRoom({ onEnter, onCheck }: Props) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<Choice>(loadChoice);
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  const [opened, setOpened] = useState<Opened | null>(null);
  const kept = useRef(false);
  const open = useCallback(async (wanted: Choice) => {
    const next = await openDevices(wanted);
    setOpened((before) => {
      before?.camera?.stop();
      before?.microphone?.stop();
      return next;
    });
    setDevices(await listDevices());
  }, []);
  useEffect(() => {
    void open(choice);
    const changed = () => void listDevices().then(setDevices);
    navigator.mediaDevices?.addEventListener("devicechange", changed);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", changed);
  }, [open, choice]);
  const pick = (part: Partial<Choice>) => {
    const next = { ...choice, ...part };
    saveChoice(next);
    setChoice(next);
  };
  const enter = () => {
    if (!opened) return;
    kept.current = true;
    const off = readSwitches();
    onEnter({ camera: opened.camera, microphone: opened.microphone, screen: null }, off);
  };
  const byItself = useRef(kioskMode());
  useEffect(() => {
    if (!byItself.current || !opened || opened.failure) return;
    byItself.current = false;
    enter();
  });
  const check = () => {
    opened?.camera?.stop();
    opened?.microphone?.stop();
    onCheck();
  };
  return (
    <main className="whole">
      <div className="whole-card">
        <Group justify="space-between" mb="lg">
          <Title order={1} size="h2">
            {t("join.title")}
          </Title>
          <Group gap={4}>
            <HelpButton target="ky-thuat-vien#mo-duong-dan" />
            <Button variant="subtle" onClick={() => void setLanguage(language() === "vi" ? "en" : "vi")}>
              {t("app.language")}
            </Button>
          </Group>
        </Group>
        <div className="green">
          <Stack>
            <Preview track={opened?.camera ?? null} />
            <Level track={opened?.microphone ?? null} />
          </Stack>
          <Stack gap="sm">
            <Devices
              kind="videoinput"
              label={t("join.camera")}
              none={t("join.noCamera")}
              devices={devices}
              value={choice.camera || opened?.camera?.getSettings().deviceId || ""}
              onPick={(camera) => pick({ camera })}
            />
            <Devices
              kind="audioinput"
              label={t("join.microphone")}
              none={t("join.noMicrophone")}
              devices={devices}
              value={choice.microphone || opened?.microphone?.getSettings().deviceId || ""}
              onPick={(microphone) => pick({ microphone })}
            />
            <Group align="flex-end" wrap="nowrap">
              <Devices
                kind="audiooutput"
                label={t("join.speaker")}
                none="–"
                devices={devices}
                value={choice.speaker}
                onPick={(speaker) => pick({ speaker })}
              />
              <Button
                variant="default"
                leftSection={<IconVolume size={18} />}
                onClick={() => void playTestSound(choice.speaker)}
              >
                {t("join.testSound")}
              </Button>
            </Group>
            {opened?.failure && (
              <Alert variant="light" color="lacquer" data-testid="device-problem">
                {t(`join.${opened.failure}`)}
                <Button mt="xs" size="xs" variant="white" onClick={() => void open(choice)}>
                  {t("app.retry")}
                </Button>
              </Alert>
            )}
            <Alert color="navy" variant="light" title={t("join.noticeTitle")}>
              <Text size="sm">{t("join.notice")}</Text>
            </Alert>
            <Button size="md" variant="light" onClick={check} data-testid="check-button">
              {t("preflight.open")}
            </Button>
            <Button size="xl" onClick={enter} disabled={!opened} data-testid="join-button">
              {t("join.enter")}
            </Button>
          </Stack>
        </div>
      </div>
    </main>
  );
}

const SWITCHES = "diemcau.switches";

/** A microphone that was off stays off, also over a reload. */
function readSwitches(): { microphone: boolean; camera: boolean } {
  try {
    return { microphone: true, camera: true, ...JSON.parse(sessionStorage.getItem(SWITCHES) ?? "{}") };
  } catch {
    return { microphone: true, camera: true };
  }
}

export function saveSwitches(switches: { microphone: boolean; camera: boolean }): void {
  sessionStorage.setItem(SWITCHES, JSON.stringify(switches));
}

function Devices(props: {
  kind: MediaDeviceKind;
  label: string;
  none: string;
  devices: MediaDeviceInfo[];
  value: string;
  onPick: (id: string) => void;
}) {
  const found = props.devices.filter((device) => device.kind === props.kind && device.deviceId);
  return (
    <Select
      style={{ flex: 1 }}
      label={props.label}
      placeholder={props.none}
      data={found.map((device, index) => ({
        value: device.deviceId,
        label: device.label || `${props.label} ${index + 1}`,
      }))}
      value={found.some((device) => device.deviceId === props.value) ? props.value : (found[0]?.deviceId ?? null)}
      onChange={(value) => value && props.onPick(value)}
      allowDeselect={false}
      disabled={found.length === 0}
    />
  );
}

function Preview({ track }: { track: MediaStreamTrack | null }) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = track ? new MediaStream([track]) : null;
  }, [track]);
  return (
    <div className="preview">
      <video ref={video} autoPlay playsInline muted aria-label={t("join.preview")} />
      {!track && <div className="tile-note">{t("join.noCamera")}</div>}
    </div>
  );
}

function Level({ track }: { track: MediaStreamTrack | null }) {
  const { t } = useTranslation();
  const [level, setLevel] = useState(0);
  useEffect(() => (track ? watchLevel(track, setLevel) : undefined), [track]);
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {t("join.level")}
      </Text>
      <meter className="meter" aria-label={t("join.level")} min={0} max={1} value={level} />
      <Text size="sm" c="dimmed" mt={4}>
        {t("join.levelHint")}
      </Text>
    </div>
  );
}
