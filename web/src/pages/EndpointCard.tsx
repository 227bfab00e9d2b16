import { ActionIcon, Button, Card, CopyButton, Group, Menu, Text } from "@mantine/core";
import {
  IconCheck,
  IconCopy,
  IconDotsVertical,
  IconExternalLink,
  IconLock,
  IconMicrophone,
  IconMicrophoneOff,
  IconStarFilled,
  IconVideo,
  IconVideoOff,
  IconVolume,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { EndpointView, SessionView } from "../api/types";
import type { Question } from "../ui/confirm";
import { mbps, percent } from "../ui/format";
import { type Act, Value } from "./LiveSession";

interface Props {
  session: SessionView;
  endpoint: EndpointView;
  act: Act;
  ask: (question: Question) => void;
}

export function EndpointCard({ session, endpoint, act, ask }: Props) {
  const { t } = useTranslation();
  const level = { connected: endpoint.quality, reconnecting: "poor", connecting: "fair" }[
    endpoint.state as "connected"
  ];
  const spotlit = session.spotlight === endpoint.id;
  return (
    <Card withBorder padding="md" data-testid={`endpoint-card-${endpoint.id}`}>
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
          <span className="light" data-level={level ?? ""} />
          <div style={{ minWidth: 0 }}>
            <Text fw={600} truncate>
              {endpoint.name}
            </Text>
            <Text size="xs" c="dimmed" data-testid="endpoint-state">
              {t(`role.${endpoint.role}`)} · {t(`endpointState.${endpoint.state}`)}
              {endpoint.state === "connected" ? ` · ${t(`quality.${endpoint.quality}`)}` : ""}
            </Text>
          </div>
        </Group>
        <Group gap={6} wrap="nowrap">
          {endpoint.speaking && <IconVolume size={18} color="#9a6700" aria-label={t("live.speaking")} />}
          {spotlit && <IconStarFilled size={18} color="#28548c" aria-label={t("live.spotlit")} />}
          {endpoint.locked ? (
            <IconLock size={18} />
          ) : endpoint.microphone ? (
            <IconMicrophone size={18} />
          ) : (
            <IconMicrophoneOff size={18} color="#be3b28" />
          )}
          {endpoint.camera ? <IconVideo size={18} /> : <IconVideoOff size={18} color="#be3b28" />}
        </Group>
      </Group>
      <EndpointNumbers endpoint={endpoint} />
      {session.state !== "ended" && <Buttons session={session} endpoint={endpoint} act={act} ask={ask} />}
    </Card>
  );
}

function EndpointNumbers({ endpoint }: { endpoint: EndpointView }) {
  const { t } = useTranslation();
  const stats = endpoint.stats;
  if (!stats) return null;
  return (
    <>
      <dl className="numbers">
        <Value name={`${t("live.up")} (Mb/s)`} value={mbps(stats.up_bps)} />
        <Value name={`${t("live.down")} (Mb/s)`} value={mbps(stats.down_bps)} />
        <Value name={`${t("live.estimate")}`} value={mbps(stats.estimate_bps)} />
        <Value name={t("live.rtt")} value={stats.rtt_ms === null ? "–" : `${Math.round(stats.rtt_ms)} ms`} />
        <Value name={t("live.loss")} value={`${percent(stats.loss_up)} / ${percent(stats.loss_down)}`} />
        <Value name={t("live.layers")} value={stats.layers.join(" ") || "–"} />
        <Value name={t("live.path")} value={stats.protocol.toUpperCase() || "–"} />
        <Value name={t("live.down")} value={t("live.pictures", { n: stats.pictures_received })} />
      </dl>
      {stats.pictures_paused > 0 && (
        <Text size="sm" c="yellow.9" mt={6}>
          {t("live.paused", { n: stats.pictures_paused })}
        </Text>
      )}
    </>
  );
}

function Buttons({ session, endpoint, act, ask }: Props) {
  const { t } = useTranslation();
  const to = (action: string) => void act("POST", `/endpoints/${endpoint.id}/${action}`);
  const spotlit = session.spotlight === endpoint.id;
  return (
    <Group gap="xs" mt="sm">
      <Button
        size="xs"
        variant="light"
        data-testid={endpoint.microphone ? "mute" : "unmute"}
        onClick={() => to(endpoint.microphone ? "mute" : "unmute")}
      >
        {t(endpoint.microphone ? "live.mute" : "live.unmute")}
      </Button>
      <Button
        size="xs"
        variant="light"
        data-testid="spotlight"
        onClick={() => to(spotlit ? "unspotlight" : "spotlight")}
      >
        {t(spotlit ? "live.unspotlight" : "live.spotlight")}
      </Button>
      <CopyButton value={endpoint.join_url}>
        {({ copied, copy }) => (
          <Button
            size="xs"
            variant="default"
            leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            onClick={copy}
          >
            {copied ? t("app.copied") : t("live.copyLink")}
          </Button>
        )}
      </CopyButton>
      <ActionIcon
        component="a"
        href={endpoint.join_url}
        target="_blank"
        rel="noopener"
        variant="default"
        size={30}
        aria-label={`${t("live.openLink")}: ${endpoint.name}`}
        data-testid="open-link"
      >
        <IconExternalLink size={16} />
      </ActionIcon>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t("live.more", { name: endpoint.name })}>
            <IconDotsVertical size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => to(endpoint.locked ? "unlock" : "lock")}>
            {t(endpoint.locked ? "live.unlock" : "live.lock")}
          </Menu.Item>
          <Menu.Item onClick={() => to("camera_off")}>{t("live.cameraOff")}</Menu.Item>
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
