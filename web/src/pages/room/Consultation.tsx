import { Button, Group, Modal, Text } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Engine, EngineState } from "../../endpoint/engine";

/** The chair asks into the consultation room; who is asked decides. Inside, a bar says that nothing is recorded. */
export function Consultation({ engine, state }: { engine: Engine; state: EngineState }) {
  const { t } = useTranslation();
  const room = state.room;
  if (!room) return null;
  const names = (room.private ?? [])
    .map((id) => state.roster.find((entry) => entry.id === id)?.name ?? "")
    .filter(Boolean)
    .join(", ");
  return (
    <>
      {room.place === "private" && (
        <div className="private-bar" role="status" data-testid="private-bar">
          <IconLock size={22} aria-hidden />
          <strong>{t("room.private.title")}</strong>
          <span>{t("room.private.notRecorded")}</span>
          <span>{names}</span>
          <button
            type="button"
            className="big small"
            data-testid="private-leave"
            onClick={() => (room.chair ? engine.talk.command("private_close") : engine.talk.consult(false))}
          >
            {t(room.chair ? "room.private.close" : "room.private.leave")}
          </button>
        </div>
      )}
      {room.place === "room" && (room.private ?? []).length > 0 && (
        <p className="private-note" data-testid="private-note">
          {t("room.private.others", { names })}
        </p>
      )}
      <Modal
        opened={room.invited === true}
        onClose={() => engine.talk.consult(false)}
        title={t("room.private.asked")}
        centered
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <Text>{t("room.private.askedText")}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => engine.talk.consult(false)} data-testid="private-no">
            {t("room.ask.no")}
          </Button>
          <Button onClick={() => engine.talk.consult(true)} data-testid="private-yes">
            {t("room.private.enter")}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
