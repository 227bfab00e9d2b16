// From a recording's files to what is shown: one tile for each endpoint and source, whatever number of files it has.
import type { TrackView } from "../../api/types";

/** Files of one endpoint and source, in the order of time. */
export interface Tile {
  key: string;
  endpointId: string;
  name: string;
  source: string;
  files: TrackView[];
}

const AHEAD_S = 8;
const EARLY_S = 0.5; // a file shows its first picture so long before it begins

export function tilesOf(tracks: TrackView[]): Tile[] {
  const tiles = new Map<string, Tile>();
  for (const track of [...tracks].sort((a, b) => a.start_offset_s - b.start_offset_s)) {
    const key = `${track.endpoint_id}/${track.source}`;
    const tile = tiles.get(key);
    if (tile) tile.files.push(track);
    else
      tiles.set(key, {
        key,
        endpointId: track.endpoint_id,
        name: track.endpoint_name,
        source: track.source,
        files: [track],
      });
  }
  return [...tiles.values()].sort((a, b) => (a.files[0]?.name ?? "").localeCompare(b.files[0]?.name ?? ""));
}

/** What a tile plays at a time: of files that overlap the one that began last. */
export function fileAt(tile: Tile, time: number): TrackView | null {
  return (
    tile.files.findLast(
      (file) => file.start_offset_s - EARLY_S <= time && time < file.start_offset_s + file.duration_s,
    ) ?? null
  );
}

/** The files a tile needs now: what it plays, and what it will play soon. */
export function neededAt(tile: Tile, time: number): TrackView[] {
  const now = fileAt(tile, time);
  const next = tile.files.find(
    (file) => file !== now && file.start_offset_s > time && file.start_offset_s <= time + AHEAD_S,
  );
  return [now, next].filter((file): file is TrackView => file !== null && file !== undefined);
}

/** The first moment after `time` (or the last before it) in a list; a little slack, so that one can go on. */
export function jump(moments: number[], time: number, direction: 1 | -1): number | null {
  const sorted = [...new Set(moments)].sort((a, b) => a - b);
  if (direction > 0) return sorted.find((moment) => moment > time + 0.25) ?? null;
  return sorted.findLast((moment) => moment < time - 1.5) ?? null;
}
