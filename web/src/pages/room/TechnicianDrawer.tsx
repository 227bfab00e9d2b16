import { Alert, Button, Drawer, Group, PinInput, Select, Stack, Switch, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type Choice,
  listDevices,
  loadChoice,
  openDevices,
  openSecondCamera,
  saveChoice,
} from "../../endpoint/devices";
import type { Engine, EngineState } from "../../endpoint/engine";
import { kioskMode, setKioskMode } from "../../endpoint/kiosk";
import { language, setLanguage } from "../../i18n";
import { mbps, percent } from "../../ui/format";
import { Picture } from "../Tile";
import { CaseTools } from "./CaseTools";
import { TechnicalTalk } from "./TechnicalTalk";

interface Props {
  engine: Engine;
  state: EngineState;
  opened: boolean;
  onClose: () => void;
  onLeave: () => void;
}

/** Devices, second camera, kiosk mode and numbers: for the technician, behind the PIN that the console shows. */
export function TechnicianDrawer({ engine, state, opened, onClose, onLeave }: Props) {
  const { t } = useTranslation();
  const unlocked = state.drawer?.opened === true;
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={460}
      title={t("room.drawer.title")}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      {unlocked ? <Tools engine={engine} state={state} onLeave={onLeave} /> : <Pin engine={engine} state={state} />}
    </Drawer>
  );
}

function Pin({ engine, state }: { engine: Engine; state: EngineState }) {
  const { t } = useTranslation();
  const [pin, setPin] = useState("");
  const refused = state.drawer !== null && !state.drawer.opened;
  useEffect(() => {
    if (state.drawer) setPin("");
  }, [state.drawer]);
  return (
    <Stack align="center" data-testid="drawer-pin">
      <Text>{t("room.drawer.pin")}</Text>
      <PinInput
        length={6}
        type="number"
        mask
        value={pin}
        autoFocus
        aria-label={t("room.drawer.title")}
        getInputProps={(index: number) => ({ "aria-label": t("room.drawer.digit", { n: index + 1 }) })}
        onChange={setPin}
        onComplete={(value) => engine.talk.unlock(value)}
      />
      {refused && (
        <Alert color="lacquer" variant="light" data-testid="pin-refused">
          {t(state.drawer?.wait ? "room.drawer.wait" : "room.drawer.wrong")}
        </Alert>
      )}
    </Stack>
  );
}

function Tools({ engine, state, onLeave }: { engine: Engine; state: EngineState; onLeave: () => void }) {
  const { t } = useTranslation();
  const [kiosk, setKiosk] = useState(kioskMode);
  return (
    <Stack gap="md" data-testid="drawer-tools">
      <TechnicalTalk engine={engine} state={state} />
      <CaseTools engine={engine} state={state} />
      <DeviceChoice engine={engine} />
      <Switch
        label={t("room.drawer.kiosk")}
        description={t("room.drawer.kioskHint")}
        checked={kiosk}
        data-testid="kiosk-switch"
        onChange={(event) => {
          setKioskMode(event.currentTarget.checked);
          setKiosk(event.currentTarget.checked);
        }}
      />
      <Switch
        label={t("room.audioOnly.on")}
        checked={state.audioOnly}
        onChange={(event) => engine.setAudioOnly(event.currentTarget.checked)}
      />
      <Numbers state={state} />
      <Group>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} />}
          onClick={() => engine.reconnectMedia()}
          data-testid="reconnect-media"
        >
          {t("room.drawer.reconnect")}
        </Button>
        <Button variant="default" onClick={() => void setLanguage(language() === "vi" ? "en" : "vi")}>
          {t("app.language")}
        </Button>
        <Button color="lacquer" variant="light" onClick={onLeave}>
          {t("stage.leave")}
        </Button>
      </Group>
    </Stack>
  );
}

const KINDS = [
  ["camera", "videoinput"],
  ["microphone", "audioinput"],
  ["speaker", "audiooutput"],
] as const;

/** Another camera or microphone at once, without leaving the room; and a second camera of the whole room. */
function DeviceChoice({ engine }: { engine: Engine }) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<Choice>(loadChoice);
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  useEffect(() => {
    void listDevices().then(setDevices);
  }, []);
  const of = (kind: MediaDeviceKind) =>
    devices
      .filter((device) => device.kind === kind && device.deviceId)
      .map((device, index) => ({ value: device.deviceId, label: device.label || `${kind} ${index + 1}` }));
  const pick = async (part: Partial<Choice>) => {
    const next = { ...choice, ...part };
    saveChoice(next);
    setChoice(next);
    if (part.camera2 !== undefined) {
      engine.setSecondCamera(await openSecondCamera(part.camera2));
      return;
    }
    if (part.speaker !== undefined) return;
    const { camera, microphone } = await openDevices(next);
    engine.setTrack("camera", camera);
    engine.setTrack("microphone", microphone);
  };
  return (
    <>
      {KINDS.map(([name, kind]) => (
        <Select
          key={name}
          label={t(`join.${name}`)}
          data={of(kind)}
          value={(of(kind).find((each) => each.value === choice[name]) ?? of(kind)[0])?.value ?? null}
          placeholder="–"
          allowDeselect={false}
          onChange={(value) => value && void pick({ [name]: value })}
        />
      ))}
      <Select
        label={t("room.drawer.camera2")}
        description={t("room.drawer.camera2Hint")}
        placeholder={t("room.drawer.camera2None")}
        data={of("videoinput")}
        value={choice.camera2 || null}
        clearable
        data-testid="second-camera"
        onChange={(value) => void pick({ camera2: value ?? "" })}
      />
      {engine.secondCamera && (
        <div className="preview small" data-testid="second-preview">
          <Picture track={engine.secondCamera} />
        </div>
      )}
    </>
  );
}

function Numbers({ state }: { state: EngineState }) {
  const { t } = useTranslation();
  const connection = state.connection;
  if (!connection) return null;
  const rows = [
    ["live.estimate", `${mbps(connection.down_estimate_bps)} Mb/s`],
    ["live.down", `${mbps(connection.down_bps)} Mb/s`],
    ["live.up", `${mbps(connection.up_bps)} Mb/s`],
    ["live.rtt", connection.rtt_ms == null ? "–" : `${Math.round(connection.rtt_ms)} ms`],
    ["live.loss", `${percent(connection.loss_down ?? 0)} / ${percent(connection.loss_up ?? 0)}`],
  ] as const;
  return (
    <dl className="numbers three">
      {rows.map(([key, value]) => (
        <div key={key}>
          <dt>{t(key)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
