import { ActionIcon, Button, Card, Group, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconBook2, IconCheck, IconCircleCheck, IconHelp, IconUserCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type AlarmView, said, type WatchView } from "../../api/watch";
import { locale } from "../../ui/format";
import { useHelp } from "../help/HelpDrawer";
import type { Act } from "../LiveSession";

interface Props {
  watch: WatchView;
  act: Act;
  /** Opens the incident of an alarm, with its playbook. */
  openPlaybook: (alarm: AlarmView) => void;
}

/** The list to do: what is wrong, why, what to do; who takes care of it. */
export function AlarmCard({ watch, act, openPlaybook }: Props) {
  const { t } = useTranslation();
  return (
    <Card withBorder padding="sm" className="alarm-card" data-testid="alarms">
      <Group gap="sm" mb={6}>
        <Text fw={600} component="h2">
          {t("console.alarm.title")}
        </Text>
        {watch.alarms.length > 0 && <span className="count">{watch.alarms.length}</span>}
      </Group>
      {watch.alarms.length === 0 ? (
        <Text className="no-trouble" size="sm" data-testid="no-alarm">
          <IconCircleCheck size={18} aria-hidden /> {t("console.alarm.none")}
        </Text>
      ) : (
        <ul className="alarms" aria-live="polite">
          {watch.alarms.map((alarm) => (
            <Entry key={alarm.id} alarm={alarm} act={act} openPlaybook={openPlaybook} />
          ))}
        </ul>
      )}
    </Card>
  );
}

/** What somebody wrote ends like a sentence too. */
function sentence(text: string): string {
  return /[.!?…]$/.test(text) || !text ? text : `${text}.`;
}

function Entry({ alarm, act, openPlaybook }: { alarm: AlarmView } & Omit<Props, "watch">) {
  const { t } = useTranslation();
  const openHelp = useHelp();
  const at = new Intl.DateTimeFormat(locale(), { timeStyle: "medium", timeZone: "Asia/Ho_Chi_Minh" });
  return (
    <li data-level={alarm.level} data-over={alarm.over_at !== null} data-testid="alarm" data-kind={alarm.kind}>
      <IconAlertTriangle size={20} aria-hidden />
      <div className="alarm-text">
        <strong data-testid="alarm-state">{said(alarm.state)}</strong> <span>{sentence(said(alarm.cause))}</span>{" "}
        <span className="alarm-action">
          {t("trouble.do")} {said(alarm.action)}
        </span>
        <small>
          {at.format(new Date(alarm.since))}
          {alarm.over_at && ` · ${t("console.alarm.over", { time: at.format(new Date(alarm.over_at)) })}`}
          {alarm.owner && ` · ${t("console.alarm.owner", { name: alarm.owner })}`}
        </small>
      </div>
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="subtle"
          size={26}
          aria-label={t("help.openOf")}
          title={t("help.openOf")}
          data-testid="alarm-help"
          onClick={() => openHelp(alarm.help)}
        >
          <IconHelp size={18} />
        </ActionIcon>
        {!alarm.owner && (
          <Tooltip label={t("console.alarm.takeHint")}>
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconUserCheck size={14} />}
              data-testid="alarm-take"
              onClick={() => void act("POST", `/alarms/${alarm.id}/take`)}
            >
              {t("console.alarm.take")}
            </Button>
          </Tooltip>
        )}
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconBook2 size={14} />}
          data-testid="alarm-playbook"
          onClick={() => openPlaybook(alarm)}
        >
          {t("console.alarm.playbook")}
        </Button>
        <Button
          size="compact-xs"
          leftSection={<IconCheck size={14} />}
          data-testid="alarm-done"
          onClick={() => void act("POST", `/alarms/${alarm.id}/done`, {})}
        >
          {t("console.alarm.done")}
        </Button>
      </Group>
    </li>
  );
}
