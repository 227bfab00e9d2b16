import { useTranslation } from "react-i18next";
import { useServerNow } from "../../ui/useServerNow";

interface Props {
  /** When the session starts; null: nobody has ordered it. */
  startingAt: string | null;
  /** The server's clock minus this computer's, ms. */
  offsetMs: number;
}

/** The last seconds before the session is live, on every screen. */
export function Countdown({ startingAt, offsetMs }: Props) {
  return startingAt ? <Running startingAt={startingAt} offsetMs={offsetMs} /> : null;
}

function Running({ startingAt, offsetMs }: { startingAt: string; offsetMs: number }) {
  const { t } = useTranslation();
  const now = useServerNow(offsetMs);
  const seconds = Math.max(0, Math.ceil((Date.parse(startingAt) - now) / 1000));
  return (
    <div className="countdown-card" role="timer" data-testid="start-countdown">
      <strong>{seconds}</strong>
      <p>{t("room.countdown.text")}</p>
      <p className="countdown-notice">{t("room.countdown.notice")}</p>
    </div>
  );
}
