import { Button, Card, Group, Text, TextInput } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RoomView } from "../../api/room";
import type { Act } from "../LiveSession";
import { LobbySwitch } from "./LobbyBar";

/** The room's door: lobby, one more endpoint, the technicians' PIN. */
export function RoomCard({ room, act }: { room: RoomView; act: Act }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  return (
    <Card withBorder padding="sm" data-testid="room-card">
      <LobbySwitch room={room} act={act} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act("POST", "/endpoints", { name, role: "delegate" });
          setName("");
        }}
      >
        <Group gap={6} mt={8} wrap="nowrap">
          <TextInput
            size="xs"
            style={{ flex: 1 }}
            aria-label={t("live.inviteName")}
            placeholder={t("live.inviteName")}
            value={name}
            maxLength={120}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button
            size="xs"
            type="submit"
            variant="light"
            leftSection={<IconUserPlus size={16} />}
            disabled={!name.trim()}
          >
            {t("live.invite")}
          </Button>
        </Group>
      </form>
      {room.technician_pin && (
        <Text size="sm" mt={8}>
          {t("console.room.pin")} <strong data-testid="technician-pin">{room.technician_pin}</strong>
        </Text>
      )}
      {room.private.length > 0 && (
        <Text size="sm" mt={4} data-testid="private-count">
          {t("console.room.private", { count: room.private.length })}
        </Text>
      )}
    </Card>
  );
}
