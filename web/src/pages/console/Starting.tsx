import { Button, Text } from "@mantine/core";
import { IconPlayerPlay, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/me";
import type { RoomView } from "../../api/room";
import { useServerNow } from "../../ui/useServerNow";
import type { Act } from "../LiveSession";

/** The session starts in some seconds: at once after all, or called off. */
export function Starting({ room, offsetMs, act }: { room: RoomView | null; offsetMs: number; act: Act }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const now = useServerNow(offsetMs);
  if (!room?.starting_at) return null;
  const seconds = Math.max(0, Math.ceil((Date.parse(room.starting_at) - now) / 1000));
  return (
    <div className="lobby-bar" role="status" data-testid="starting">
      <Text fw={600}>{t("room.countdown.console", { seconds })}</Text>
      {may("run_session") && (
        <>
          <Button
            size="compact-sm"
            leftSection={<IconPlayerPlay size={14} />}
            data-testid="start-now"
            onClick={() => void act("POST", "/start", {})}
          >
            {t("room.countdown.now")}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconX size={14} />}
            data-testid="start-off"
            onClick={() => void act("DELETE", "/countdown")}
          >
            {t("room.countdown.off")}
          </Button>
        </>
      )}
    </div>
  );
}
