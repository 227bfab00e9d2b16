import { Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { wasPlayed } from "../../endpoint/measure/clip";
import { language } from "../../i18n";
import type { CheckRun } from "./useCheck";

/** What happens now, in words, beside the camera's picture; and the test recording when there is one. */
export function Now({ check, onPlayed }: { check: CheckRun; onPlayed: (played: boolean) => void }) {
  const { t } = useTranslation();
  const { step, progress } = check;
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) {
      video.current.srcObject = check.opened?.camera ? new MediaStream([check.opened.camera]) : null;
    }
  }, [check.opened]);
  const speed = progress?.mbps
    ? new Intl.NumberFormat(language() === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: 1 }).format(progress.mbps)
    : null;
  return (
    <div className="check-now">
      <div className="preview">
        <video ref={video} autoPlay playsInline muted aria-label={t("join.preview")} />
        {check.opened && !check.opened.camera && <div className="tile-note">{t("join.noCamera")}</div>}
      </div>
      <div aria-live="polite">
        <Text size="lg" fw={600} data-testid="check-now">
          {step ? t(`preflight.now.${step}`) : t("preflight.now.idle")}
        </Text>
        {step === "line" && progress && (
          <Text>
            {t(`preflight.line.${progress.phase}`)}
            {speed && ` ${t("preflight.speed", { mbps: speed })}`}
          </Text>
        )}
        {check.opened?.failure && <Text c="lacquer">{t(`join.${check.opened.failure}`)}</Text>}
        {check.clip && (
          <div>
            <Text mt="xs">{t("preflight.clipPlays")}</Text>
            {/* biome-ignore lint/a11y/useMediaCaption: a trial recording of the room itself */}
            <video
              className="check-clip"
              src={check.clip}
              autoPlay
              controls
              aria-label={t("preflight.clipPlays")}
              data-testid="test-clip"
              onEnded={(event) => onPlayed(wasPlayed(event.currentTarget))}
              onError={() => onPlayed(false)}
            />
          </div>
        )}
      </div>
    </div>
  );
}
