import { Button, Switch, Text } from "@mantine/core";
import { IconDoorEnter } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { RoomView } from "../../api/room";
import type { SessionView } from "../../api/types";
import type { Act } from "../LiveSession";

/** Who stands at the door. */
export function LobbyBar({ session, act }: { session: SessionView; act: Act }) {
  const { t } = useTranslation();
  const waiting = session.endpoints.filter((each) => each.state === "waiting");
  if (!waiting.length) return null;
  return (
    <div className="lobby-bar" role="status" data-testid="lobby-bar">
      <IconDoorEnter size={20} aria-hidden />
      <Text fw={600}>{t("console.lobby.waiting", { count: waiting.length })}</Text>
      <Text className="lobby-names">{waiting.map((each) => each.name).join(", ")}</Text>
      <Button size="compact-sm" data-testid="admit-all" onClick={() => void act("POST", "/admit_all")}>
        {t("console.lobby.admitAll")}
      </Button>
    </div>
  );
}

export function LobbySwitch({ room, act }: { room: RoomView; act: Act }) {
  const { t } = useTranslation();
  return (
    <Switch
      label={t("console.lobby.switch")}
      checked={room.lobby}
      data-testid="lobby-switch"
      onChange={(event) => void act("PUT", "/lobby", { on: event.currentTarget.checked })}
    />
  );
}
