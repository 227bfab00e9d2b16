import { ActionIcon, Button, Group, Select, Text, Tooltip } from "@mantine/core";
import {
  IconChevronLeft,
  IconChevronRight,
  IconLayoutGrid,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRewindBackward10,
  IconRewindForward10,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { duration, locale } from "../../ui/format";
import { SPEEDS, type View } from "./player";

export type Kind = "marker" | "turn" | "gap";
export const KINDS: Kind[] = ["marker", "turn", "gap"];

interface ControlsProps {
  view: View;
  durationS: number;
  startedAt: string | null;
  grid: boolean;
  counts: Record<Kind, number>;
  onToggle: () => void;
  onStep: (seconds: number) => void;
  onJump: (kind: Kind, direction: 1 | -1) => void;
  onSpeed: (speed: number) => void;
  onGrid: () => void;
}

export function Controls({
  view,
  durationS,
  startedAt,
  grid,
  counts,
  onToggle,
  onStep,
  onJump,
  onSpeed,
  onGrid,
}: ControlsProps) {
  const { t } = useTranslation();
  const speedName = (speed: number) => `${speed.toLocaleString(locale())}×`;
  return (
    <Group gap="sm" wrap="wrap">
      <ActionIcon
        size={46}
        radius="xl"
        data-testid="play"
        loading={view.waiting}
        onClick={onToggle}
        aria-label={t(view.playing ? "recordings.pauseButton" : "recordings.playButton")}
      >
        {view.playing ? <IconPlayerPauseFilled /> : <IconPlayerPlayFilled />}
      </ActionIcon>
      <Step seconds={-10} onStep={onStep} />
      <Step seconds={10} onStep={onStep} />
      <Text style={{ fontVariantNumeric: "tabular-nums" }} data-testid="playback-time" data-seconds={view.time}>
        {duration(view.time)} / {duration(durationS)}
      </Text>
      <Text c="dimmed" size="sm" style={{ fontVariantNumeric: "tabular-nums" }}>
        {clockTime(startedAt, view.time)}
      </Text>
      {KINDS.map((kind) => (
        <Button.Group key={kind}>
          <JumpButton kind={kind} direction={-1} disabled={!counts[kind]} onJump={onJump} />
          <Button.GroupSection variant="default" size="xs" c={counts[kind] ? "inherit" : "dimmed"}>
            {t(`playback.kind.${kind}`)}
          </Button.GroupSection>
          <JumpButton kind={kind} direction={1} disabled={!counts[kind]} onJump={onJump} />
        </Button.Group>
      ))}
      <Select
        size="xs"
        w={86}
        aria-label={t("playback.speed")}
        data-testid="speed"
        allowDeselect={false}
        data={SPEEDS.map((speed) => ({ value: String(speed), label: speedName(speed) }))}
        value={String(view.speed)}
        onChange={(value) => onSpeed(Number(value))}
      />
      <Tooltip label={t("playback.grid")}>
        <ActionIcon
          size="lg"
          variant={grid ? "filled" : "default"}
          aria-pressed={grid}
          aria-label={t("playback.grid")}
          data-testid="grid"
          onClick={onGrid}
        >
          <IconLayoutGrid size={20} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

function Step({ seconds, onStep }: { seconds: number; onStep: (seconds: number) => void }) {
  const { t } = useTranslation();
  const name = t(seconds < 0 ? "playback.back" : "playback.forward");
  return (
    <Tooltip label={name}>
      <ActionIcon size="lg" variant="subtle" aria-label={name} onClick={() => onStep(seconds)}>
        {seconds < 0 ? <IconRewindBackward10 /> : <IconRewindForward10 />}
      </ActionIcon>
    </Tooltip>
  );
}

interface JumpButtonProps {
  kind: Kind;
  direction: 1 | -1;
  disabled: boolean;
  onJump: (kind: Kind, direction: 1 | -1) => void;
}

function JumpButton({ kind, direction, disabled, onJump }: JumpButtonProps) {
  const { t } = useTranslation();
  return (
    <Button
      size="xs"
      px={6}
      variant="default"
      disabled={disabled}
      data-testid={`${direction < 0 ? "previous" : "next"}-${kind}`}
      aria-label={t(`playback.${direction < 0 ? "previous" : "next"}.${kind}`)}
      onClick={() => onJump(kind, direction)}
    >
      {direction < 0 ? <IconChevronLeft size={16} /> : <IconChevronRight size={16} />}
    </Button>
  );
}

/** The time of day in Vietnam at a moment of the recording. */
export function clockTime(startedAt: string | null, seconds: number): string {
  if (!startedAt) return "";
  return new Intl.DateTimeFormat(locale(), { timeStyle: "medium", timeZone: "Asia/Ho_Chi_Minh", hour12: false }).format(
    Date.parse(startedAt) + 1000 * seconds,
  );
}
