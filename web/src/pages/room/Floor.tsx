import { Button, Group, Modal, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { clock } from "../../endpoint/clock";
import type { Engine, EngineState } from "../../endpoint/engine";
import { useServerNow } from "../../ui/useServerNow";

/** Who has the floor and how long still; to who has it as an invitation. */
export function FloorBar({ state }: { state: EngineState }) {
  const { t } = useTranslation();
  const now = useServerNow(state.clockOffsetMs);
  const turn = state.room?.turn;
  if (!turn) return null;
  const left = (Date.parse(turn.due_at) - now) / 1000;
  const mine = turn.endpoint_id === state.endpointId;
  const name = state.roster.find((entry) => entry.id === turn.endpoint_id)?.name ?? "";
  const level = left < 0 ? "over" : left < 60 ? "short" : "";
  return (
    <div className="floor" data-mine={mine} data-level={level} data-testid="floor" role="status">
      <span>{t(mine ? "room.floor.mine" : "room.floor.other", { name })}</span>
      <strong data-testid="floor-timer">{left < 0 ? t("room.floor.over", { time: clock(-left) }) : clock(left)}</strong>
    </div>
  );
}

/** The operator asks that a microphone or a camera be switched on; the people here decide. */
export function AskDialog({ engine, state }: { engine: Engine; state: EngineState }) {
  const { t } = useTranslation();
  const asked = state.room?.asked ?? [];
  const source = asked.find((each) => each === "microphone" || each === "camera");
  if (!source) return null;
  return (
    <Modal
      opened
      onClose={() => engine.consent(source, false)}
      title={t(`room.ask.${source}`)}
      centered
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Text size="lg">{t(`room.ask.${source}Text`)}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" size="md" onClick={() => engine.consent(source, false)} data-testid="ask-no">
          {t("room.ask.no")}
        </Button>
        <Button size="md" data-autofocus onClick={() => engine.consent(source, true)} data-testid="ask-yes">
          {t(`room.ask.${source}Yes`)}
        </Button>
      </Group>
    </Modal>
  );
}

/** The place of an endpoint in the queue, 1 the first; 0: its hand is down. */
export function handPlace(state: EngineState, endpointId: string): number {
  return 1 + (state.room?.hands ?? []).findIndex((hand) => hand.endpoint_id === endpointId);
}
