import { Slider } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { GapView, TimelineView } from "../../api/recordings";
import { duration } from "../../ui/format";
import { tileName } from "./Stage";
import type { Tile } from "./tiles";

interface TimelineProps {
  tiles: Tile[];
  timeline: TimelineView;
  durationS: number;
  time: number;
  large: number | null;
  onSeek: (to: number) => void;
}

/** Flags for markers, a lane for each tile with its files and turns, pauses and gaps over all, and the gaps' causes. */
export function Timeline({ tiles, timeline, durationS, time, large, onSeek }: TimelineProps) {
  const { t } = useTranslation();
  const whole = Math.max(durationS, 0.1);
  const at = (seconds: number) => `${(100 * Math.min(seconds, whole)) / whole}%`;
  const span = (start: number, end: number) => ({ left: at(start), width: at(Math.max(0, end - start)) });
  const cause = useCause();
  return (
    <div>
      <div className="pb-flags">
        {timeline.markers.map((marker) => (
          <button
            type="button"
            key={`${marker.at} ${marker.text}`}
            style={{ left: at(marker.at_s) }}
            title={`${duration(marker.at_s)} ${marker.text}`}
            aria-label={t("playback.toMarker", { text: marker.text })}
            onClick={() => onSeek(marker.at_s)}
            tabIndex={-1}
          />
        ))}
      </div>
      <div className="pb-lanes">
        {tiles.map((tile, index) => (
          <div
            className="pb-lane"
            key={tile.key}
            data-large={index === large}
            title={tileName(tile, t("recordings.screen"))}
          >
            {tile.files.map((file) => (
              <span
                className="pb-file"
                key={file.name}
                style={span(file.start_offset_s, file.start_offset_s + file.duration_s)}
              />
            ))}
            {tile.source === "room" &&
              timeline.turns
                .filter((turn) => turn.endpoint_id === tile.endpointId)
                .map((turn) => (
                  <button
                    type="button"
                    className="pb-turn"
                    key={turn.start_s}
                    style={span(turn.start_s, turn.end_s)}
                    title={`${duration(turn.start_s)} ${turn.endpoint_name}`}
                    aria-label={t("playback.toTurn", { name: turn.endpoint_name })}
                    onClick={() => onSeek(turn.start_s)}
                    tabIndex={-1}
                  />
                ))}
          </div>
        ))}
        {timeline.pauses.map((pause) => (
          <span
            className="pb-pause"
            key={pause.start_s}
            style={span(pause.start_s, pause.end_s)}
            title={t(`playback.pause.${pause.kind}`)}
          />
        ))}
        {timeline.gaps.map((gap) => (
          <button
            type="button"
            className="pb-gap"
            data-testid="gap"
            key={gapKey(gap)}
            style={span(gap.start_s, gap.end_s)}
            title={`${duration(gap.start_s)} ${cause(gap)}`}
            aria-label={t("playback.toGap", { cause: cause(gap) })}
            onClick={() => onSeek(gap.start_s)}
            tabIndex={-1}
          />
        ))}
        <span className="pb-hand" style={{ left: at(time) }} />
      </div>
      {timeline.gaps.length > 0 && (
        <div className="pb-labels" data-testid="gap-labels">
          {labelled(timeline.gaps, whole).map((gap) => (
            <span key={gapKey(gap)} style={{ left: `min(${at(gap.start_s)}, calc(100% - 220px))` }}>
              ▲ {cause(gap)}
            </span>
          ))}
        </div>
      )}
      <Slider
        mt={4}
        min={0}
        max={whole}
        step={0.1}
        value={time}
        onChange={onSeek}
        label={(value) => duration(value)}
        thumbLabel={t("recordings.seek")}
        data-testid="seek"
      />
    </div>
  );
}

export const gapKey = (gap: GapView) => `${gap.cause} ${gap.endpoint_id} ${gap.start_s}`;

/** Those whose label has room: of everybody first, then in the order of length. */
function labelled(gaps: GapView[], whole: number): GapView[] {
  const room = 0.2 * whole;
  const weight = (gap: GapView) => (gap.endpoint_id ? 0 : 1e6) + gap.end_s - gap.start_s;
  const chosen: GapView[] = [];
  for (const gap of [...gaps].sort((a, b) => weight(b) - weight(a)))
    if (chosen.every((other) => Math.abs(other.start_s - gap.start_s) > room)) chosen.push(gap);
  return chosen;
}

/** A gap in words: why, whose, how long. */
export function useCause(): (gap: GapView) => string {
  const { t } = useTranslation();
  return (gap) => {
    const why = t(`playback.cause.${gap.cause}`, { defaultValue: gap.cause });
    const seconds = Math.max(1, Math.round(gap.end_s - gap.start_s));
    return `${gap.endpoint_name ? `${gap.endpoint_name}: ` : ""}${why} (${t("playback.seconds", { count: seconds })})`;
  };
}
