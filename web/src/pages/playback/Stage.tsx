import { ActionIcon } from "@mantine/core";
import { IconVolume, IconVolumeOff } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { TrackView } from "../../api/types";
import type { Player } from "./player";
import { fileAt, neededAt, type Tile } from "./tiles";

export interface Sound {
  volume: number;
  muted: boolean;
}

interface StageProps {
  tiles: Tile[];
  player: Player;
  time: number;
  access: string;
  large: number | null;
  speaker: string;
  sounds: Sound[];
  onLarge: (index: number | null) => void;
  onMute: (index: number) => void;
}

/** All tiles; the large one moves by layout alone, so that its video goes on. */
export function Stage({ tiles, large, ...rest }: StageProps) {
  return (
    <div className="pb-stage" style={layout(tiles.length, large !== null)}>
      {tiles.map((tile, index) => (
        <TileView key={tile.key} tile={tile} index={index} isLarge={index === large} {...rest} />
      ))}
    </div>
  );
}

function layout(count: number, one: boolean): React.CSSProperties {
  if (!one) {
    const columns = Math.ceil(Math.sqrt(count));
    return { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gridAutoRows: "minmax(0, 1fr)" };
  }
  const small = count - 1;
  const columns = small > 4 ? 2 : 1;
  const rows = Math.max(small > 4 ? Math.ceil(small / 2) : small, 3);
  const side = small ? ` repeat(${columns}, ${columns > 1 ? "170px" : "220px"})` : "";
  return { gridTemplateColumns: `minmax(0, 1fr)${side}`, gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))` };
}

interface TileProps extends Omit<StageProps, "tiles" | "large"> {
  tile: Tile;
  index: number;
  isLarge: boolean;
}

function TileView({ tile, index, isLarge, player, time, access, speaker, sounds, onLarge, onMute }: TileProps) {
  const { t } = useTranslation();
  const now = fileAt(tile, time);
  const sound = sounds[index] ?? { volume: 1, muted: false };
  const name = tileName(tile, t("recordings.screen"));
  const hasSound = tile.files.some((file) => file.audio);
  return (
    <div
      className="pb-tile"
      data-testid={`tile-${index}`}
      data-large={isLarge}
      data-speaking={speaker === tile.endpointId && tile.source === "room"}
    >
      {neededAt(tile, time).map((file) => (
        <File
          key={file.name}
          file={file}
          player={player}
          access={access}
          sound={sound}
          shown={file === now}
          testid={file === now ? `playback-video-${index}` : undefined}
        />
      ))}
      {!now && (
        <span className="pb-absent">
          {t(time < (tile.files[0]?.start_offset_s ?? 0) ? "playback.notYet" : "playback.absent")}
        </span>
      )}
      {now && now.kind === "audio" && <span className="pb-absent">{t("playback.soundOnly")}</span>}
      <button
        type="button"
        className="pb-choose"
        aria-pressed={isLarge}
        aria-label={t(isLarge ? "playback.all" : "recordings.enlarge", { name })}
        onClick={() => onLarge(isLarge ? null : index)}
      />
      <span className="plate">{name}</span>
      {hasSound && (
        <ActionIcon
          className="pb-mute"
          size={isLarge ? "md" : "sm"}
          variant="filled"
          color="dark"
          aria-pressed={!sound.muted}
          aria-label={t("recordings.sound", { name })}
          onClick={() => onMute(index)}
        >
          {sound.muted ? <IconVolumeOff size={16} /> : <IconVolume size={16} />}
        </ActionIcon>
      )}
    </div>
  );
}

export function tileName(tile: Tile, screen: string): string {
  if (tile.source === "room") return tile.name;
  return tile.source === "screen" ? `${tile.name} – ${screen}` : `${tile.name} – ${tile.source}`;
}

interface FileProps {
  file: TrackView;
  player: Player;
  access: string;
  sound: Sound;
  shown: boolean;
  testid: string | undefined;
}

function File({ file, player, access, sound, shown, testid }: FileProps) {
  const video = useRef<HTMLVideoElement | null>(null);
  useEffect(() => {
    player.attach(file, video.current);
    return () => player.attach(file, null);
  }, [player, file]);
  useEffect(() => {
    if (video.current) video.current.volume = sound.volume;
  }, [sound.volume]);
  return (
    // biome-ignore lint/a11y/useMediaCaption: a recording of people speaking has no captions
    <video
      ref={video}
      src={`${file.url}?access=${encodeURIComponent(access)}`}
      preload="auto"
      playsInline
      muted={sound.muted || !shown}
      data-testid={testid}
      data-shown={shown}
      data-file={file.name}
      data-offset={file.start_offset_s}
    />
  );
}
