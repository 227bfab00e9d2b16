import { ActionIcon, Group, Slider, Stack, Tabs, Text } from "@mantine/core";
import { IconVolume, IconVolumeOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { TimelineView } from "../../api/recordings";
import { duration } from "../../ui/format";
import { type Sound, tileName } from "./Stage";
import { gapKey, useCause } from "./Timeline";
import type { Tile } from "./tiles";

interface SideProps {
  tiles: Tile[];
  timeline: TimelineView;
  time: number;
  sounds: Sound[];
  onSeek: (to: number) => void;
  onVolume: (index: number, volume: number) => void;
  onMute: (index: number) => void;
}

interface Place {
  key: string;
  start: number;
  end: number;
  text: string;
  detail: string;
}

/** Lists to jump by, and the sound of each endpoint. */
export function Side({ tiles, timeline, time, sounds, onSeek, onVolume, onMute }: SideProps) {
  const { t } = useTranslation();
  const cause = useCause();
  const places: Record<string, Place[]> = {
    marker: timeline.markers.map((marker, index) => ({
      key: `${marker.at} ${marker.text}`,
      start: marker.at_s,
      end: timeline.markers[index + 1]?.at_s ?? Number.POSITIVE_INFINITY,
      text: marker.text,
      detail: [
        marker.endpoint_name,
        marker.category === "marker" ? "" : t(`playback.category.${marker.category}`, { defaultValue: "" }),
      ]
        .filter(Boolean)
        .join(" · "),
    })),
    turn: timeline.turns.map((turn) => ({
      key: `${turn.start_s}`,
      start: turn.start_s,
      end: turn.end_s,
      text: turn.endpoint_name,
      detail: duration(turn.end_s - turn.start_s),
    })),
    gap: timeline.gaps.map((gap) => ({
      key: gapKey(gap),
      start: gap.start_s,
      end: gap.end_s,
      text: cause(gap),
      detail: "",
    })),
  };
  return (
    <Tabs defaultValue={timeline.markers.length ? "marker" : "turn"} keepMounted={false}>
      <Tabs.List>
        {Object.entries(places).map(([kind, list]) => (
          <Tabs.Tab key={kind} value={kind} px="xs" data-testid={`tab-${kind}`}>
            {t(`playback.kind.${kind}`)} ({list.length})
          </Tabs.Tab>
        ))}
        <Tabs.Tab value="sound" px="xs" data-testid="tab-sound">
          {t("playback.sound")}
        </Tabs.Tab>
      </Tabs.List>
      {Object.entries(places).map(([kind, list]) => (
        <Tabs.Panel key={kind} value={kind} pt="xs">
          <Places places={list} empty={t(`playback.none.${kind}`)} time={time} onSeek={onSeek} />
        </Tabs.Panel>
      ))}
      <Tabs.Panel value="sound" pt="xs">
        <Mixer tiles={tiles} sounds={sounds} onVolume={onVolume} onMute={onMute} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Places({
  places,
  empty,
  time,
  onSeek,
}: {
  places: Place[];
  empty: string;
  time: number;
  onSeek: (to: number) => void;
}) {
  if (!places.length)
    return (
      <Text size="sm" c="dimmed">
        {empty}
      </Text>
    );
  return (
    <div className="pb-jumps">
      {places.map((place) => (
        <button
          type="button"
          key={place.key}
          aria-current={place.start <= time + 0.3 && time < place.end}
          onClick={() => onSeek(place.start)}
        >
          <time>{duration(place.start)}</time>
          <span>
            {place.text}
            {place.detail && (
              <Text span size="xs" c="dimmed">
                {` · ${place.detail}`}
              </Text>
            )}
          </span>
        </button>
      ))}
    </div>
  );
}

type MixerProps = Pick<SideProps, "tiles" | "sounds" | "onVolume" | "onMute">;

function Mixer({ tiles, sounds, onVolume, onMute }: MixerProps) {
  const { t } = useTranslation();
  return (
    <Stack gap={6} className="pb-sounds">
      {tiles.map((tile, index) => {
        const sound = sounds[index];
        const name = tileName(tile, t("recordings.screen"));
        if (!sound || !tile.files.some((file) => file.audio)) return null;
        return (
          <Group key={tile.key} gap={8} wrap="nowrap">
            <ActionIcon
              size="sm"
              variant="subtle"
              aria-pressed={!sound.muted}
              aria-label={t("recordings.sound", { name })}
              data-testid={`mute-${index}`}
              onClick={() => onMute(index)}
            >
              {sound.muted ? <IconVolumeOff size={18} /> : <IconVolume size={18} />}
            </ActionIcon>
            <Text size="sm" truncate style={{ flex: 1 }}>
              {name}
            </Text>
            <Slider
              w={110}
              size="sm"
              min={0}
              max={100}
              value={Math.round(100 * sound.volume)}
              onChange={(value) => onVolume(index, value / 100)}
              label={(value) => `${value} %`}
              thumbLabel={t("playback.volume", { name })}
            />
          </Group>
        );
      })}
    </Stack>
  );
}
