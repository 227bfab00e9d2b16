import { IconHandStop, IconMicrophoneOff } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Engine } from "../endpoint/engine";
import { shownSize } from "../endpoint/view";
import type { RosterEntry, SlotEntry, Want } from "../protocol/messages";

interface Props {
  engine: Engine;
  entry: RosterEntry;
  slot: SlotEntry | null;
  track: MediaStreamTrack | null;
  place: Want["place"];
  source?: "camera" | "screen";
  name: string;
  fill?: boolean;
  /** The place of its raised hand in the queue, 1 the first; 0: none. */
  hand?: number;
  testid?: string;
  view?: string | undefined;
  onClick?: () => void;
}

/** One endpoint's picture with its name, or the reason why there is none. Tells the server how large it is shown. */
export function Tile(props: Props) {
  const { engine, entry, slot, track, place, source = "camera", name, fill, hand = 0, testid, view, onClick } = props;
  const { t } = useTranslation();
  const box = useRef<HTMLElement | null>(null);
  useWant(engine, box, { endpointId: entry.id, source, place: place ?? "thumbnail", view: view ?? "" });
  const note = noteFor(entry, slot, source);
  const Element = onClick ? "button" : "div";
  return (
    <Element
      ref={(element: HTMLElement | null) => {
        box.current = element;
      }}
      className={`tile${fill ? " fill" : ""}`}
      data-speaking={entry.speaking && !fill}
      data-testid={testid ?? (fill ? "stage-main" : `tile-${entry.id}`)}
      {...(onClick ? { onClick, type: "button" as const } : {})}
    >
      <Picture track={track} />
      {note && <div className="tile-note">{t(note)}</div>}
      <div className="tile-plate">
        {!entry.microphone && source === "camera" && (
          <IconMicrophoneOff size={fill ? 22 : 16} aria-label={t("stage.muted")} />
        )}
        <span>{name}</span>
        {hand > 0 && (
          <span className="hand" title={t("room.hand.place", { place: hand })}>
            <IconHandStop size={fill ? 22 : 16} aria-label={t("room.hand.place", { place: hand })} /> {hand}
          </span>
        )}
      </div>
    </Element>
  );
}

export function Picture({ track }: { track: MediaStreamTrack | null }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = track ? new MediaStream([track]) : null;
    if (track) void element.play().catch(() => undefined);
  }, [track]);
  return <video ref={video} autoPlay playsInline muted />;
}

/** Why there is no picture: nobody sends one, or this page wants none. */
function noteFor(entry: RosterEntry, slot: SlotEntry | null, source: "camera" | "screen"): string | null {
  if (entry.state === "reconnecting") return "stage.lost";
  if (source === "camera" && !entry.camera) return "stage.off";
  if (!slot) return "stage.waitingPicture";
  if (slot.video === "no_bandwidth") return `stage.no_bandwidth.${slot.why || "line"}`;
  if (slot.video === "off") return "stage.off";
  return slot.video === "flowing" ? null : "stage.waitingPicture";
}

/** What is shown is what is asked for: size in physical pixels, at each change; nothing while it is scrolled away. */
function useWant(
  engine: Engine,
  box: React.RefObject<HTMLElement | null>,
  want: { endpointId: string; source: "camera" | "screen"; place: "stage" | "thumbnail" | "screen"; view: string },
): void {
  const { endpointId, source, place, view } = want;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const key = `${endpointId}/${source}/${place}/${view}`;
    let inSight = true;
    const tell = () => {
      const size = shownSize(element.getBoundingClientRect(), window.devicePixelRatio || 1, inSight);
      engine.want(key, { endpoint_id: endpointId, source, place, ...size });
    };
    const resized = new ResizeObserver(tell);
    const scrolled = new IntersectionObserver((entries) => {
      inSight = entries[entries.length - 1]?.isIntersecting ?? inSight;
      tell();
    });
    resized.observe(element);
    scrolled.observe(element);
    tell();
    return () => {
      resized.disconnect();
      scrolled.disconnect();
      engine.want(key, null);
    };
  }, [engine, box, endpointId, source, place, view]);
}
