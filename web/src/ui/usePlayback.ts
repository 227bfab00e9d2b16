// All tracks of a recording on one timeline: each video follows the common clock, by its rate or, when far off, by a seek.
import { useCallback, useEffect, useRef, useState } from "react";
import type { TrackView } from "../api/types";

const TICK_MS = 200;
const FAR_S = 0.35;

export function usePlayback(tracks: TrackView[], durationS: number) {
  const videos = useRef<(HTMLVideoElement | null)[]>([]);
  const [playing, setPlaying] = useState(false);
  const [time, setTime] = useState(0);
  const clock = useRef({ at: 0, since: 0, playing: false });
  const [, redraw] = useState(0);

  const now = useCallback(() => {
    const { at, since, playing: runs } = clock.current;
    return Math.min(durationS, runs ? at + (performance.now() - since) / 1000 : at);
  }, [durationS]);

  const follow = useCallback(
    (hard: boolean) => {
      const common = now();
      tracks.forEach((track, index) => {
        const video = videos.current[index];
        if (video) followOne(video, track, common - track.start_offset_s, hard, clock.current.playing);
      });
    },
    [tracks, now],
  );

  const seek = useCallback(
    (to: number) => {
      clock.current = { ...clock.current, at: to, since: performance.now() };
      setTime(to);
      follow(true);
    },
    [follow],
  );

  const toggle = useCallback(() => {
    const at = now() >= durationS - 0.05 && !clock.current.playing ? 0 : now();
    clock.current = { at, since: performance.now(), playing: !clock.current.playing };
    setPlaying(clock.current.playing);
    follow(true);
  }, [now, follow, durationS]);

  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => {
      follow(false);
      setTime(now());
      if (now() >= durationS) {
        clock.current = { at: durationS, since: 0, playing: false };
        setPlaying(false);
        follow(false);
      }
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [playing, follow, now, durationS]);

  const attached = useRef<((video: HTMLVideoElement | null) => void)[]>([]);
  const attach = (index: number) => {
    attached.current[index] ??= (video) => {
      videos.current[index] = video;
      if (video) redraw((count) => count + 1);
    };
    return attached.current[index];
  };
  return { playing, time, toggle, seek, attach, element: (index: number) => videos.current[index] ?? null };
}

/** Bring one video to `local` seconds of its own time. */
function followOne(video: HTMLVideoElement, track: TrackView, local: number, hard: boolean, playing: boolean): void {
  const inside = local >= 0 && local < track.duration_s;
  if (!inside || !playing) {
    video.pause();
    if (hard) video.currentTime = Math.min(Math.max(local, 0), Math.max(0, track.duration_s - 0.05));
    return;
  }
  const behind = local - video.currentTime;
  if (hard || Math.abs(behind) > FAR_S) video.currentTime = local;
  video.playbackRate = Math.min(1.06, Math.max(0.94, 1 + behind * 0.3));
  if (video.paused) void video.play().catch(() => undefined);
}
