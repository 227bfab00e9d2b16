import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { loadChoice } from "../endpoint/devices";
import type { EngineState } from "../endpoint/engine";

/** The voices of all slots. A browser that refuses to play by itself gets a large button. */
export function AudioOutput({ state, onBlocked, retry }: { state: EngineState; onBlocked: () => void; retry: number }) {
  const { t } = useTranslation();
  const [asks, setAsks] = useState(false);
  const holder = useRef<HTMLDivElement>(null);
  const slots = state.link?.slots ?? [];
  const playAll = () => {
    setAsks(false);
    for (const audio of holder.current?.querySelectorAll("audio") ?? []) void audio.play().catch(() => setAsks(true));
  };
  return (
    <div ref={holder} data-retry={retry}>
      {slots.map((slot) => (
        <Voice
          key={slot.audio.id}
          track={slot.audio}
          onRefused={() => {
            setAsks(true);
            onBlocked();
          }}
        />
      ))}
      {asks && (
        <button type="button" className="big banner" onClick={playAll}>
          {t("stage.tapToHear")}
        </button>
      )}
    </div>
  );
}

function Voice({ track, onRefused }: { track: MediaStreamTrack; onRefused: () => void }) {
  const audio = useRef<HTMLAudioElement>(null);
  const refused = useRef(onRefused);
  refused.current = onRefused;
  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    element.srcObject = new MediaStream([track]);
    const speaker = loadChoice().speaker;
    if (speaker && "setSinkId" in element) void element.setSinkId(speaker).catch(() => undefined);
    void element.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") refused.current();
    });
  }, [track]);
  // biome-ignore lint/a11y/useMediaCaption: live voices have no captions
  return <audio ref={audio} autoPlay />;
}
