import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconCamera, IconCloudCheck, IconDoorExit, IconMicrophone, IconTool } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { waitingFor } from "../../endpoint/clock";
import type { Engine, EngineState } from "../../endpoint/engine";
import { RehearsalMark } from "../../ui/RehearsalMark";
import { useServerNow } from "../../ui/useServerNow";
import { HelpButton } from "../help/HelpButton";
import { Picture } from "../Tile";
import { Announcements } from "./Announcements";
import { Countdown } from "./Countdown";
import { NoticeForm } from "./NoticeForm";
import { StartsAt } from "./StartsAt";

interface Props {
  engine: Engine;
  state: EngineState;
  /** Null on a kiosk: it does not leave. */
  onLeave: (() => void) | null;
  openDrawer: () => void;
}

/** Standby until called: which session, when, how it stands, and that this room is ready. */
export function WaitingPage({ engine, state, onLeave, openDrawer }: Props) {
  const { t } = useTranslation();
  const now = useServerNow(state.clockOffsetMs);
  const session = state.session;
  const startsAt = state.room?.starts_at ?? null;
  const waiting = waitingFor(session?.state ?? "draft", startsAt, now);
  const called = state.roster.find((entry) => entry.id === state.endpointId);
  const reads = called?.role !== "observer" && !state.room?.notice?.at;
  return (
    <main className="whole waiting" data-testid="waiting-page" data-waiting={waiting}>
      <RehearsalMark on={session?.rehearsal === true} />
      <div className="whole-card waiting-card" data-notice={reads}>
        <Group justify="space-between" align="flex-start" wrap="nowrap">
          <div>
            <Text c="dimmed">{t("room.waiting.title", { name: called?.name ?? "" })}</Text>
            <Title order={1} size="h2">
              {session?.title ?? t("app.loading")}
            </Title>
            <Text size="lg" mt={4} data-testid="waiting-time">
              <StartsAt startsAt={startsAt} startedAt={session?.started_at ?? null} now={now} />
            </Text>
          </div>
          <Text className="waiting-clock" aria-label={t("room.waiting.clock")}>
            {new Intl.DateTimeFormat("vi-VN", { timeStyle: "short", timeZone: "Asia/Ho_Chi_Minh" }).format(now)}
          </Text>
        </Group>
        <Countdown startingAt={state.room?.starting_at ?? null} offsetMs={state.clockOffsetMs} />
        <Announcements state={state} />
        <div className="waiting-body">
          <Stack gap="md" justify="center">
            <p className="waiting-please">{t("room.waiting.please")}</p>
            <Text size="xl" role="status" data-testid="waiting-text">
              {t(`room.waiting.${waiting}`)}
            </Text>
            <Text size="lg" c="dimmed">
              {t("room.waiting.nothingToDo")}
            </Text>
          </Stack>
          <div className="waiting-own">
            <div className="preview">
              <Picture track={state.camera ? engine.ownCamera : null} />
              {!state.camera && <div className="tile-note">{t("stage.off")}</div>}
            </div>
            {called?.role !== "observer" && <Readiness engine={engine} state={state} />}
          </div>
        </div>
        {called?.role !== "observer" && <NoticeForm engine={engine} state={state} />}
        <Group justify="space-between" mt="lg">
          <Text size="sm" c="dimmed">
            {t("room.waiting.private")}
          </Text>
          <Group gap="sm">
            <HelpButton target="diem-cau-dai-bieu" />
            <Button
              variant="subtle"
              leftSection={<IconTool size={18} />}
              onClick={openDrawer}
              data-testid="open-drawer"
            >
              {t("room.drawer.title")}
            </Button>
            {onLeave && (
              <Button
                variant="default"
                leftSection={<IconDoorExit size={18} />}
                onClick={onLeave}
                data-testid="leave-waiting"
              >
                {t("room.waiting.leave")}
              </Button>
            )}
          </Group>
        </Group>
      </div>
    </main>
  );
}

/** Three lights: what this room needs to be called in. */
function Readiness({ engine, state }: { engine: Engine; state: EngineState }) {
  const { t } = useTranslation();
  const lights = [
    { key: "server", ok: !state.reconnecting && state.phase === "joined", icon: IconCloudCheck },
    { key: "camera", ok: engine.ownCamera !== null, icon: IconCamera },
    { key: "microphone", ok: engine.ownMicrophone !== null, icon: IconMicrophone },
  ];
  const ready = lights.every((each) => each.ok);
  return (
    <ul className="readiness" data-testid="readiness" data-ready={ready}>
      {lights.map(({ key, ok, icon: Icon }) => (
        <li key={key}>
          <span className="light" data-level={ok ? "good" : "poor"} />
          <Icon size={18} aria-hidden /> {t(`room.ready.${key}_${ok ? "ok" : "missing"}`)}
        </li>
      ))}
    </ul>
  );
}
