import { Modal } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Engine, EngineState } from "../../endpoint/engine";
import { NoticeForm } from "./NoticeForm";

/** In the room, until the notice was acknowledged: it does not cover who speaks, and does not go away by itself. */
export function NoticeBar({ engine, state }: { engine: Engine; state: EngineState }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const notice = state.room?.notice;
  const me = state.roster.find((entry) => entry.id === state.endpointId);
  if (!notice || notice.at || me?.role === "observer" || state.session?.rehearsal) return null;
  return (
    <>
      <button type="button" className="notice-bar" data-testid="notice-bar" onClick={() => setOpened(true)}>
        {t("room.notice.missing")}
      </button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        size={900}
        withCloseButton
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <NoticeForm engine={engine} state={state} onDone={() => setOpened(false)} />
      </Modal>
    </>
  );
}
