import { Card, Stack, Text } from "@mantine/core";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { TimelineView } from "../../api/recordings";
import type { RecordingView } from "../../api/types";
import { Controls, type Kind } from "./Controls";
import { type Keys, useKeys } from "./keys";
import { Player, SPEEDS } from "./player";
import { Side } from "./Side";
import { type Sound, Stage } from "./Stage";
import { Timeline } from "./Timeline";
import { jump, tilesOf } from "./tiles";

const EMPTY: TimelineView = { markers: [], turns: [], gaps: [], pauses: [] };

/** All endpoints of a recording on one timeline. `from`: seconds to begin at. */
export function PlayerPage({ recording, access, from }: { recording: RecordingView; access: string; from: number }) {
  const { t } = useTranslation();
  const timeline = recording.timeline ?? EMPTY;
  const tiles = useMemo(() => tilesOf(recording.tracks), [recording.tracks]);
  const player = useMemo(() => new Player(tiles, recording.duration_s), [tiles, recording.duration_s]);
  const view = useSyncExternalStore(player.subscribe, () => player.view);
  const [large, setLarge] = useState<number | null>(0);
  const [sounds, setSounds] = useState<Sound[]>(() => tiles.map(() => ({ volume: 1, muted: false })));
  useEffect(() => player.start(), [player]);
  useEffect(() => {
    if (from > 0) player.seek(from);
  }, [player, from]);
  const moments = useMemo(() => momentsOf(timeline), [timeline]);
  const speaker = timeline.turns.find((turn) => turn.start_s <= view.time && view.time < turn.end_s)?.endpoint_id ?? "";
  const change = (index: number, make: (sound: Sound) => Sound) =>
    setSounds((before) => before.map((sound, at) => (at === index ? make(sound) : sound)));
  const mute = (index: number) => change(index, (sound) => ({ ...sound, muted: !sound.muted }));
  const jumpTo = (kind: Kind, direction: 1 | -1) => {
    const to = jump(moments[kind], player.time, direction);
    if (to !== null) player.seek(to);
  };
  useKeys(keysOf(player, jumpTo, tiles.length, setLarge, () => large !== null && mute(large)));
  const seek = (to: number) => player.seek(to);
  return (
    <Stack gap="xs">
      <Stage {...{ tiles, player, access, large, speaker, sounds }} time={view.time} onLarge={setLarge} onMute={mute} />
      <div className="pb-below">
        <Card withBorder padding="xs">
          <Timeline {...{ tiles, timeline, large }} durationS={recording.duration_s} time={view.time} onSeek={seek} />
          <Controls
            view={view}
            durationS={recording.duration_s}
            startedAt={recording.started_at}
            grid={large === null}
            counts={{ marker: moments.marker.length, turn: moments.turn.length, gap: moments.gap.length }}
            onToggle={() => player.toggle()}
            onStep={(seconds) => player.seek(player.time + seconds)}
            onJump={jumpTo}
            onSpeed={(speed) => player.setSpeed(speed)}
            onGrid={() => setLarge(large === null ? 0 : null)}
          />
          <Text size="xs" c="dimmed" mt={6}>
            {t("playback.keys")}
          </Text>
        </Card>
        <Card withBorder padding="xs">
          <Side
            {...{ tiles, timeline, sounds }}
            time={view.time}
            onSeek={seek}
            onVolume={(index, volume) => change(index, () => ({ volume, muted: false }))}
            onMute={mute}
          />
        </Card>
      </div>
    </Stack>
  );
}

function momentsOf(timeline: TimelineView): Record<Kind, number[]> {
  return {
    marker: timeline.markers.map((marker) => marker.at_s),
    turn: timeline.turns.map((turn) => turn.start_s),
    gap: timeline.gaps.map((gap) => gap.start_s),
  };
}

function keysOf(
  player: Player,
  jumpTo: (kind: Kind, direction: 1 | -1) => void,
  tiles: number,
  setLarge: (index: number | null) => void,
  muteLarge: () => void,
): Keys {
  const faster = (by: 1 | -1) => {
    const next = SPEEDS[SPEEDS.indexOf(player.view.speed) + by];
    if (next) player.setSpeed(next);
  };
  const keys: Keys = {
    " ": () => player.toggle(),
    k: () => player.toggle(),
    ArrowLeft: () => player.seek(player.time - 5),
    ArrowRight: () => player.seek(player.time + 5),
    "shift+ArrowLeft": () => player.seek(player.time - 30),
    "shift+ArrowRight": () => player.seek(player.time + 30),
    Home: () => player.seek(0),
    End: () => player.seek(player.durationS),
    m: () => jumpTo("marker", 1),
    "shift+m": () => jumpTo("marker", -1),
    t: () => jumpTo("turn", 1),
    "shift+t": () => jumpTo("turn", -1),
    g: () => jumpTo("gap", 1),
    "shift+g": () => jumpTo("gap", -1),
    "+": () => faster(1),
    "=": () => faster(1),
    "-": () => faster(-1),
    "0": () => setLarge(null),
    x: muteLarge,
  };
  for (let index = 0; index < Math.min(9, tiles); index += 1) keys[String(index + 1)] = () => setLarge(index);
  return keys;
}
