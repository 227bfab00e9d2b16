import { Progress, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type LineProgress, measureLine } from "../../endpoint/measure/line";
import { call } from "./access";
import type { JointView } from "./types";

const ASK_MS = 3000;

/** Takes part when the centre measures all lines at once, whatever the page shows; asks every few seconds. */
export function JointWatch({ token }: { token: string }) {
  const { t } = useTranslation();
  const [progress, setProgress] = useState<LineProgress | null>(null);
  const seen = useRef("");
  useEffect(() => {
    const stop = new AbortController();
    let path = "";
    let sends = true;
    const look = async () => {
      if (!path) {
        const me = await call<{ session_id: string | null }>(token, "GET", "/me");
        if (!me.session_id) return;
        path = `/sessions/${me.session_id}/preflight`;
        const view = await call<{ endpoints: { role: string }[] }>(token, "GET", path);
        sends = view.endpoints[0]?.role !== "observer";
      }
      const joint = await call<JointView>(token, "GET", `${path}/joint`);
      if (joint.phase !== "waiting" || joint.id === seen.current) return;
      seen.current = joint.id;
      try {
        await measureLine({
          path: `${path}/line`,
          token,
          joint: joint.id,
          sends,
          onProgress: setProgress,
          signal: stop.signal,
        });
      } finally {
        setProgress(null);
      }
    };
    let timer: ReturnType<typeof setTimeout>;
    const again = () => {
      // A server that does not answer is asked again; the page itself says that it is lost.
      void look()
        .catch(() => undefined)
        .finally(() => {
          if (!stop.signal.aborted) timer = setTimeout(again, ASK_MS);
        });
    };
    again();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [token]);
  if (!progress) return null;
  return (
    <div className="joint-note" role="status" data-testid="joint-note">
      <Text fw={600}>{t("preflight.joint.here")}</Text>
      <Text size="sm">{t(`preflight.line.${progress.phase}`)}</Text>
      <Progress value={100} animated aria-label={t("preflight.progress")} />
    </div>
  );
}
