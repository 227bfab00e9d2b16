import { IconSpeakerphone } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { EngineState } from "../../endpoint/engine";

/** What the operators say to this room, until they withdraw it. */
export function Announcements({ state }: { state: EngineState }) {
  const { t } = useTranslation();
  const shown = state.room?.announcements ?? [];
  if (!shown.length) return null;
  return (
    <section
      className="announcements"
      aria-label={t("room.announcement")}
      aria-live="polite"
      data-testid="announcements"
    >
      {shown.slice(-3).map((each) => (
        <p key={each.id}>
          <IconSpeakerphone size={24} aria-hidden /> {each.text}
        </p>
      ))}
    </section>
  );
}
