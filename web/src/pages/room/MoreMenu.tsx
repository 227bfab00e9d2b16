import { Button, Group, Menu, Modal, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  IconAlertHexagon,
  IconDots,
  IconHeadset,
  IconHelpCircle,
  IconMaximize,
  IconPhoto,
  IconPhotoOff,
  IconTool,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Engine, EngineState } from "../../endpoint/engine";
import type { Report } from "../../protocol/messages";
import { useHelp } from "../help/HelpDrawer";

interface Props {
  engine: Engine;
  state: EngineState;
  openDrawer: () => void;
}

/** What is needed seldom: audio only, technical help, a disturbance, full screen. */
export function MoreMenu({ engine, state, openDrawer }: Props) {
  const { t } = useTranslation();
  const [reporting, setReporting] = useState<Report["kind"] | null>(null);
  const audioOnly = state.audioOnly;
  const openHelp = useHelp();
  return (
    <>
      <Menu position="top" width={280}>
        <Menu.Target>
          <button type="button" className="big" data-testid="more-button">
            <IconDots />
            <span>{t("room.more")}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={audioOnly ? <IconPhoto size={20} /> : <IconPhotoOff size={20} />}
            data-testid="audio-only"
            onClick={() => engine.setAudioOnly(!audioOnly)}
          >
            {t(audioOnly ? "room.audioOnly.off" : "room.audioOnly.on")}
          </Menu.Item>
          <Menu.Item leftSection={<IconMaximize size={20} />} onClick={toggleFullScreen}>
            {t("room.fullScreen")}
          </Menu.Item>
          <Menu.Item leftSection={<IconTool size={20} />} data-testid="open-drawer" onClick={openDrawer}>
            {t("room.drawer.title")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconHelpCircle size={20} />}
            data-testid="open-help"
            onClick={() => openHelp(state.room?.chair ? "nguoi-chu-tri" : "diem-cau-dai-bieu#trong-phong")}
          >
            {t("help.open")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconHeadset size={20} />}
            data-testid="call-help"
            onClick={() => setReporting("help")}
          >
            {t("room.report.help")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconAlertHexagon size={20} />}
            data-testid="report-disorder"
            onClick={() => setReporting("disorder")}
          >
            {t("room.report.disorder")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {reporting && (
        <ReportDialog
          kind={reporting}
          onClose={() => setReporting(null)}
          onSend={(note) => {
            engine.talk.report(reporting, note);
            setReporting(null);
            notifications.show({ message: t("room.report.sent"), color: "green" });
          }}
        />
      )}
    </>
  );
}

export function toggleFullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
  else void document.documentElement.requestFullscreen?.().catch(() => undefined);
}

interface DialogProps {
  kind: Report["kind"];
  onClose: () => void;
  onSend: (note: string) => void;
}

function ReportDialog({ kind, onClose, onSend }: DialogProps) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  return (
    <Modal
      opened
      centered
      onClose={onClose}
      title={t(`room.report.${kind}`)}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      {t("room.report.helpText")}
      <Textarea
        mt="sm"
        label={t("room.report.note")}
        value={note}
        maxLength={500}
        data-testid="report-note"
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {t("app.cancel")}
        </Button>
        <Button onClick={() => onSend(note)} data-testid="report-send">
          {t("room.report.send")}
        </Button>
      </Group>
    </Modal>
  );
}
