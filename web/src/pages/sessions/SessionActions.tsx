import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconPlugConnectedX } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import type { ScriptItem } from "../../api/course";
import { useMe } from "../../api/me";
import { OVER, type SessionView } from "../../api/types";

interface Props {
  session: SessionView;
  reload: () => Promise<void>;
  say: (problem: string) => void;
}

/** What moves a session on while it is run. Each order says which version its giver saw. */
export function SessionActions({ session, reload, say }: Props) {
  const { t } = useTranslation();
  const { may } = useMe();
  const [ending, setEnding] = useState<ScriptItem[] | null>(null);
  const order = async (action: string, more: object = {}) => {
    say("");
    try {
      await api("POST", `/sessions/${session.id}/${action}`, { version: session.version, ...more });
    } catch (failure) {
      say(failure instanceof Error ? failure.message : String(failure));
    }
    await reload();
  };
  /** The script's open items are asked for first: they are given up with a reason, or the end waits. */
  const end = async () => {
    const script = await api<{ items: ScriptItem[] }>("GET", `/sessions/${session.id}/script`).catch(() => null);
    setEnding((script?.items ?? []).filter((item) => item.state === "pending" || item.state === "running"));
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
  const open = ["live", "paused", "interrupted"].includes(session.state);
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
        items={ending}
        onClose={() => setEnding(null)}
        onEnd={(reason) => {
          setEnding(null);
          void order("end", reason ? { waive_script: reason } : {});
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

function EndDialog(props: { items: ScriptItem[] | null; onClose: () => void; onEnd: (reason: string) => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const open = props.items ?? [];
  return (
    <Modal
      opened={props.items !== null}
      onClose={props.onClose}
      title={t("course.end.title")}
      centered
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onEnd(open.length ? reason : "");
          setReason("");
        }}
      >
        <Stack>
          <Text>{t("course.end.text")}</Text>
          {open.length > 0 && (
            <>
              <Text>
                {t("course.end.open", { count: open.length, titles: open.map((item) => `“${item.title}”`).join("; ") })}
              </Text>
              <Textarea
                label={t("course.end.waive")}
                value={reason}
                required
                maxLength={1000}
                onChange={(event) => setReason(event.currentTarget.value)}
                data-testid="waive-script"
              />
            </>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose} data-autofocus>
              {t("app.cancel")}
            </Button>
            <Button type="submit" color="lacquer" data-testid="confirm-yes">
              {t("course.action.end")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
