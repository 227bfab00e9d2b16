import { Button, Group } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconPlugConnectedX } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import type { ScriptItem } from "../../api/course";
import { useMe } from "../../api/me";
import { openSteps, type Procedure } from "../../api/procedure";
import { OVER, type SessionView } from "../../api/types";
import { EndDialog, type StillOpen } from "./EndDialog";

const OPEN = ["live", "paused", "interrupted"];

interface Props {
  session: SessionView;
  reload: () => Promise<void>;
  say: (problem: string) => void;
}

/** What moves a session on while it is run. Each order says which version its giver saw. */
export function SessionActions({ session, reload, say }: Props) {
  const { t } = useTranslation();
  const { may } = useMe();
  const [ending, setEnding] = useState<StillOpen | null>(null);
  const order = async (action: string, more: object = {}) => {
    say("");
    try {
      await api("POST", `/sessions/${session.id}/${action}`, { version: session.version, ...more });
    } catch (failure) {
      say(failure instanceof Error ? failure.message : String(failure));
    }
    await reload();
  };
  /** What is open is asked for first: it is given up with a reason, or the end waits. */
  const end = async () => {
    const get = <T,>(path: string) => api<T>("GET", `/sessions/${session.id}${path}`).catch(() => null);
    const script = await get<{ items: ScriptItem[] }>("/script");
    const open = (script?.items ?? []).filter((item) => item.state === "pending" || item.state === "running");
    setEnding({
      titles: open.map((item) => item.title),
      steps: OPEN.includes(session.state) ? openSteps(await get<Procedure>("/procedure")) : [],
    });
  };
  if (OVER.includes(session.state)) {
    return (
      <Group gap="sm">
        {may("archive_session") && session.state !== "cancelled" && (
          <Button component={Link} to={`/sessions/${session.id}/archive`} variant="light" data-testid="to-archive">
            {t("archive.nav")}
          </Button>
        )}
        <Button component={Link} to={`/recordings/${session.id}`} data-testid="open-recording">
          {t("live.openRecording")}
        </Button>
      </Group>
    );
  }
  const open = OPEN.includes(session.state);
  const halted = session.state === "paused" || session.state === "interrupted";
  return (
    <Group gap="sm">
      {!open && (
        <Button
          component={Link}
          to={`/sessions/${session.id}/prepare`}
          size="sm"
          variant="light"
          data-testid="to-prepare"
        >
          {t("course.prepare.title")}
        </Button>
      )}
      {session.state !== "live" && (
        <Button
          component={Link}
          to={`/sessions/${session.id}/preflight`}
          size="sm"
          variant="light"
          data-testid="open-preflight"
        >
          {t("preflight.panel.title")}
        </Button>
      )}
      {startable(session) && (
        <Order name="start" icon={<IconPlayerPlay size={18} />} onClick={() => void order("countdown")} />
      )}
      {session.state === "live" && (
        <Order name="pause" quiet icon={<IconPlayerPause size={18} />} onClick={() => void order("pause")} />
      )}
      {(session.state === "live" || session.state === "paused") && (
        <Order name="interrupt" quiet icon={<IconPlugConnectedX size={18} />} onClick={() => void order("interrupt")} />
      )}
      {halted && <Order name="resume" icon={<IconPlayerPlay size={18} />} onClick={() => void order("resume")} />}
      {(open || session.kind === "rehearsal") && (
        <Button
          size="sm"
          color="lacquer"
          leftSection={<IconPlayerStop size={18} />}
          data-testid="end-session"
          onClick={() => void end()}
        >
          {t("course.action.end")}
        </Button>
      )}
      <EndDialog
        open={ending}
        rehearsal={session.kind === "rehearsal"}
        onClose={() => setEnding(null)}
        onEnd={(reason) => {
          setEnding(null);
          void order("end", reason ? { waive: reason } : {});
        }}
      />
    </Group>
  );
}

/** A rehearsal starts at any step, another session when it is ready, an ad hoc one after its short check. */
export function startable({ state, kind }: Pick<SessionView, "state" | "kind">): boolean {
  const before = ["draft", "awaiting_approval", "scheduled", "technical_check", "ready"].includes(state);
  if (kind === "rehearsal") return before;
  return state === "ready" || (kind === "dot_xuat" && state === "technical_check");
}

function Order(props: { name: string; icon: ReactNode; onClick: () => void; quiet?: boolean }) {
  const { t } = useTranslation();
  return (
    <Button
      size="sm"
      variant={props.quiet ? "default" : "filled"}
      leftSection={props.icon}
      data-testid={`${props.name}-session`}
      onClick={props.onClick}
    >
      {t(`course.action.${props.name}`)}
    </Button>
  );
}
