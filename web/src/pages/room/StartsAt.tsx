import { useTranslation } from "react-i18next";
import { clock, timeLeft } from "../../endpoint/clock";
import { day, timeOfDay } from "../../ui/format";

interface Props {
  /** Planned; null: nobody said. */
  startsAt: string | null;
  /** When it began; null: it has not. */
  startedAt: string | null;
  /** The server's time, Unix ms. */
  now: number;
}

/** When the session begins, and how long that is from now. */
export function StartsAt({ startsAt, startedAt, now }: Props) {
  const { t } = useTranslation();
  const at = startedAt ?? startsAt;
  if (!at) return <span data-testid="starts-at">{t("room.waiting.noTime")}</span>;
  const left = timeLeft(at, now);
  const how = startedAt ? "begun" : left ? "begins" : "planned";
  return (
    <span data-testid="starts-at" data-how={how}>
      {t(`room.waiting.${how}`, { time: timeOfDay(at), day: day(at) })}
      {how === "begins" && left && (
        <>
          {" "}
          <span className="countdown" data-testid="countdown">
            {left.days > 0
              ? t("room.waiting.leftDays", left)
              : left.hours > 0
                ? t("room.waiting.leftHours", left)
                : t("room.waiting.left", { time: clock(60 * left.minutes + left.seconds) })}
          </span>
        </>
      )}
    </span>
  );
}
