import { ActionIcon, Button, Card, Group, NumberInput, Text } from "@mantine/core";
import {
  IconArrowUp,
  IconHandStop,
  IconMicrophone,
  IconMicrophoneOff,
  IconPlayerSkipForward,
  IconPlus,
  IconSquare,
  IconX,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { QueueView, TurnView } from "../../api/room";
import type { SessionView } from "../../api/types";
import { clock } from "../../endpoint/clock";
import { useServerNow } from "../../ui/useServerNow";
import type { Act } from "../LiveSession";

interface Props {
  session: SessionView;
  queue: QueueView;
  offsetMs: number;
  act: Act;
}

/** Who speaks, for how long still, and who wants to. */
export function QueueCard({ session, queue, offsetMs, act }: Props) {
  const { t } = useTranslation();
  const nameOf = (id: string) => session.endpoints.find((each) => each.id === id)?.name ?? "";
  return (
    <Card withBorder padding="sm" className="queue-card" data-testid="queue">
      <Group justify="space-between" wrap="nowrap" mb={6}>
        <Text fw={600} component="h2">
          {t("console.queue.title")}
        </Text>
        <NumberInput
          size="xs"
          w={86}
          min={1}
          max={60}
          value={queue.minutes}
          suffix={` ${t("console.queue.minutes")}`}
          aria-label={t("console.queue.each")}
          title={t("console.queue.each")}
          onChange={(value) => typeof value === "number" && void act("PUT", "/queue", { minutes: value })}
        />
      </Group>
      {queue.turn ? (
        <TurnBox turn={queue.turn} name={nameOf(queue.turn.endpoint_id)} offsetMs={offsetMs} act={act} />
      ) : (
        <Text size="sm" c="dimmed" mb={6}>
          {t("console.queue.nobody")}
        </Text>
      )}
      <ol className="hands">
        {queue.hands.map((hand, index) => (
          <li key={hand.endpoint_id} data-testid={`hand-${hand.endpoint_id}`}>
            <IconHandStop size={16} aria-hidden />
            <span className="hand-name">
              {index + 1}. {nameOf(hand.endpoint_id)}
            </span>
            <HandActions queue={queue} index={index} name={nameOf(hand.endpoint_id)} act={act} />
          </li>
        ))}
      </ol>
      <Group gap={6} mt={6}>
        <Button
          size="compact-sm"
          leftSection={<IconPlayerSkipForward size={16} />}
          disabled={!queue.hands.length}
          data-testid="queue-next"
          onClick={() => void act("POST", "/queue/next")}
        >
          {t("console.queue.next")}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconMicrophoneOff size={16} />}
          data-testid="mute-all"
          onClick={() => void act("POST", "/mute_all")}
        >
          {t("console.queue.muteAll")}
        </Button>
      </Group>
    </Card>
  );
}

function TurnBox({ turn, name, offsetMs, act }: { turn: TurnView; name: string; offsetMs: number; act: Act }) {
  const { t } = useTranslation();
  const left = (Date.parse(turn.due_at) - useServerNow(offsetMs)) / 1000;
  return (
    <div className="turn" data-level={left < 0 ? "over" : left < 60 ? "short" : ""} data-testid="turn">
      <IconMicrophone size={20} aria-hidden />
      <strong>{name}</strong>
      <span className="turn-time" data-testid="turn-time">
        {left < 0 ? t("room.floor.over", { time: clock(-left) }) : clock(left)}
      </span>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconPlus size={14} />}
        onClick={() => void act("POST", "/queue/extend", { minutes: 1 })}
      >
        {t("console.queue.extend")}
      </Button>
      <Button
        size="compact-sm"
        color="lacquer"
        leftSection={<IconSquare size={14} />}
        data-testid="queue-stop"
        onClick={() => void act("POST", "/queue/stop")}
      >
        {t("console.queue.stop")}
      </Button>
    </div>
  );
}

function HandActions({ queue, index, name, act }: { queue: QueueView; index: number; name: string; act: Act }) {
  const { t } = useTranslation();
  const hand = queue.hands[index];
  if (!hand) return null;
  const first = [hand.endpoint_id, ...queue.hands.map((each) => each.endpoint_id)].filter(
    (id, at, all) => all.indexOf(id) === at,
  );
  return (
    <Group gap={4} wrap="nowrap">
      <Button
        size="compact-xs"
        data-testid="call"
        onClick={() => void act("POST", `/endpoints/${hand.endpoint_id}/call`)}
      >
        {t("console.queue.call")}
      </Button>
      <ActionIcon
        variant="default"
        size={24}
        disabled={index === 0}
        aria-label={t("console.queue.first", { name })}
        onClick={() => void act("PUT", "/queue", { endpoint_ids: first })}
      >
        <IconArrowUp size={14} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size={24}
        aria-label={t("console.queue.lower", { name })}
        onClick={() => void act("POST", `/endpoints/${hand.endpoint_id}/lower_hand`)}
      >
        <IconX size={14} />
      </ActionIcon>
    </Group>
  );
}
