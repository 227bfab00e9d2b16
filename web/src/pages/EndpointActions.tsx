import { ActionIcon, Button, CopyButton, Group, Menu } from "@mantine/core";
import {
  IconDotsVertical,
  IconLock,
  IconMicrophone,
  IconMicrophone2,
  IconMicrophoneOff,
  IconStar,
  IconStarOff,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { RoomView } from "../api/room";
import type { EndpointView, SessionView } from "../api/types";
import type { Question } from "../ui/confirm";
import type { Act } from "./LiveSession";
import { LinkItems } from "./people/LinkItems";

interface Props {
  session: SessionView;
  endpoint: EndpointView;
  room: RoomView | null;
  act: Act;
  ask: (question: Question) => void;
  open: () => void;
}

/** Everything an operator does with one endpoint; the icon of the microphone shows how it is. */
export function EndpointActions({ session, endpoint, room, act, ask, open }: Props) {
  const { t } = useTranslation();
  const to = (action: string) => void act("POST", `/endpoints/${endpoint.id}/${action}`);
  const spotlit = session.spotlight === endpoint.id;
  const wide = room?.wide.includes(endpoint.id) ?? false;
  const voiceAlone = room?.audio_only.includes(endpoint.id) ?? false;
  const muted = !endpoint.microphone;
  const microphone = endpoint.locked ? <IconLock /> : muted ? <IconMicrophoneOff /> : <IconMicrophone />;
  const outside = endpoint.state === "waiting";
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end" className="actions">
      {outside && (
        <Button size="compact-sm" data-testid="admit" onClick={() => to("admit")}>
          {t("console.lobby.admit")}
        </Button>
      )}
      {!outside && (
        <>
          <Tool name={t("console.queue.invite")} of={endpoint.name} testid="invite-to-speak" onClick={() => to("call")}>
            <IconMicrophone2 />
          </Tool>
          <Tool
            name={t(muted ? "live.unmute" : "live.mute")}
            of={endpoint.name}
            testid={muted ? "unmute" : "mute"}
            warn={muted}
            onClick={() => to(muted ? "unmute" : "mute")}
          >
            {microphone}
          </Tool>
          <Tool
            name={t(spotlit ? "live.unspotlight" : "live.spotlight")}
            of={endpoint.name}
            testid="spotlight"
            onClick={() => to(spotlit ? "unspotlight" : "spotlight")}
          >
            {spotlit ? <IconStarOff /> : <IconStar />}
          </Tool>
        </>
      )}
      <Menu position="left-start" middlewares={{ shift: true, flip: true }}>
        <Menu.Target>
          <ActionIcon
            variant="default"
            size={28}
            aria-label={t("live.more", { name: endpoint.name })}
            data-testid="more"
          >
            <IconDotsVertical size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={open}>{t("live.details")}</Menu.Item>
          <CopyButton value={endpoint.join_url}>
            {({ copied, copy }) => (
              <Menu.Item closeMenuOnClick={false} data-testid="copy-link" onClick={copy}>
                {copied ? t("app.copied") : t("live.copyLink")}
              </Menu.Item>
            )}
          </CopyButton>
          <Menu.Item component="a" href={endpoint.join_url} target="_blank" rel="noopener" data-testid="open-link">
            {t("live.openLink")}
          </Menu.Item>
          <Menu.Item onClick={() => to(endpoint.locked ? "unlock" : "lock")}>
            {t(endpoint.locked ? "live.unlock" : "live.lock")}
          </Menu.Item>
          <Menu.Item onClick={() => to(endpoint.camera ? "camera_off" : "ask_camera")}>
            {t(endpoint.camera ? "live.cameraOff" : "console.askCamera")}
          </Menu.Item>
          <Menu.Item data-testid="voice-alone" onClick={() => to(voiceAlone ? "with_pictures" : "audio_only")}>
            {t(voiceAlone ? "room.audioOnly.off" : "room.audioOnly.on")}
          </Menu.Item>
          {endpoint.wide && (
            <Menu.Item data-testid="wide-camera" onClick={() => to(wide ? "main_camera" : "wide_camera")}>
              {t(wide ? "console.room.mainCamera" : "console.room.wideCamera")}
            </Menu.Item>
          )}
          {endpoint.state === "waiting" ? (
            <Menu.Item onClick={() => to("admit")}>{t("console.lobby.admit")}</Menu.Item>
          ) : (
            <Menu.Item data-testid="hold" onClick={() => to("hold")}>
              {t("console.lobby.hold")}
            </Menu.Item>
          )}
          <LinkItems endpoint={endpoint} post={(path) => void act("POST", path)} ask={ask} />
          <Menu.Item
            color="red"
            data-testid="remove"
            onClick={() =>
              ask({
                title: t("live.confirmRemove", { name: endpoint.name }),
                text: t("live.confirmRemoveText"),
                action: t("live.remove"),
                onYes: () => to("remove"),
              })
            }
          >
            {t("live.remove")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

interface ToolProps {
  name: string;
  of: string;
  testid: string;
  warn?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function Tool({ name, of, testid, warn, onClick, children }: ToolProps) {
  return (
    <ActionIcon
      variant={warn ? "light" : "default"}
      color={warn ? "lacquer" : "navy"}
      size={28}
      title={name}
      aria-label={`${name}: ${of}`}
      data-testid={testid}
      onClick={onClick}
    >
      {children}
    </ActionIcon>
  );
}
