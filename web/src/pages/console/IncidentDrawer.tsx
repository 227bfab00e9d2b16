import { Button, Drawer, Group, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconCheck, IconFileText, IconHelp, IconPlayerPlay, IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SessionView } from "../../api/types";
import {
  type Incident,
  type IncidentKind,
  type PlaybookView,
  said,
  usePlaybooks,
  type WatchView,
} from "../../api/watch";
import { dateTime, locale } from "../../ui/format";
import { useHelp } from "../help/HelpDrawer";
import type { Act } from "../LiveSession";
import { Contact } from "./Contact";

interface Props {
  session: SessionView;
  watch: WatchView;
  act: Act;
  opened: boolean;
  /** The incident in front; null: the newest. */
  chosen: string | null;
  choose: (id: string | null) => void;
  onClose: () => void;
}

/** The log of incidents, each with its playbook: what one click does, and what a person does and ticks. */
export function IncidentDrawer({ session, watch, act, opened, chosen, choose, onClose }: Props) {
  const { t } = useTranslation();
  const playbooks = usePlaybooks();
  const incident = watch.incidents.find((each) => each.id === chosen) ?? watch.incidents[0] ?? null;
  const playbook = playbooks.find((each) => each.kind === incident?.kind) ?? null;
  const nameOf = (id: string | null) => session.endpoints.find((each) => each.id === id)?.name ?? "";
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={620}
      title={t("console.incident.title")}
      overlayProps={{ backgroundOpacity: 0.15 }}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack gap="md" data-testid="incidents">
        {watch.incidents.length > 1 && (
          <Select
            label={t("console.incident.which")}
            value={incident?.id ?? null}
            allowDeselect={false}
            onChange={choose}
            data={watch.incidents.map((each) => ({
              value: each.id,
              label: titleOf(each, playbooks, nameOf(each.endpoint_id)),
            }))}
          />
        )}
        {incident && playbook && (
          <One
            key={incident.id}
            sessionId={session.id}
            registeredId={session.endpoints.find((each) => each.id === incident.endpoint_id)?.registered_id ?? null}
            incident={incident}
            playbook={playbook}
            name={nameOf(incident.endpoint_id)}
            act={act}
          />
        )}
        <NewIncident session={session} playbooks={playbooks} act={act} done={() => choose(null)} />
      </Stack>
    </Drawer>
  );
}

function titleOf(incident: Incident, playbooks: PlaybookView[], name: string): string {
  const kind = playbooks.find((each) => each.kind === incident.kind);
  return [`#${incident.id}`, kind ? said(kind.title) : incident.kind, name].filter(Boolean).join(" · ");
}

function One({
  sessionId,
  registeredId,
  incident,
  playbook,
  name,
  act,
}: {
  sessionId: string;
  registeredId: string | null;
  incident: Incident;
  playbook: PlaybookView;
  name: string;
  act: Act;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState("");
  const openHelp = useHelp();
  const path = `/incidents/${incident.id}`;
  const open = incident.closed_at === null;
  return (
    <section className="incident" aria-label={said(playbook.title)} data-testid="incident">
      <Group justify="space-between">
        <Text fw={600} component="h3" size="lg">
          {titleOf(incident, [playbook], name)}
        </Text>
        <Group gap={4}>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconHelp size={16} />}
            data-testid="incident-help"
            onClick={() => openHelp(playbook.help)}
          >
            {t("help.open")}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPrinter size={16} />}
            onClick={() => window.print()}
          >
            {t("console.incident.print")}
          </Button>
        </Group>
      </Group>
      <Text size="sm" c="dimmed">
        {t("console.incident.opened", { time: dateTime(incident.opened_at), by: incident.opened_by })}
      </Text>
      <Contact registeredId={registeredId} />
      <ol className="steps">
        {playbook.steps.map((step) => {
          const done = incident.entries.find((each) => each.step === step.key);
          return (
            <li key={step.key} data-done={done !== undefined}>
              <span>{said(step.text)}</span>
              {done && <small>{`${clockTime(done.at)} · ${done.by}`}</small>}
              {open && (
                <Button
                  size="compact-sm"
                  variant={step.action ? "light" : "default"}
                  color={step.action === "remove" ? "lacquer" : "navy"}
                  leftSection={step.action ? <IconPlayerPlay size={14} /> : <IconCheck size={14} />}
                  data-testid={`step-${step.key}`}
                  onClick={() => void act("POST", `${path}/steps/${step.key}`, {})}
                >
                  {t(step.action ? "console.incident.do" : "console.incident.tick")}
                </Button>
              )}
            </li>
          );
        })}
      </ol>
      <Entries incident={incident} playbook={playbook} />
      {incident.kind === "disorder" && (
        <Button
          component={Link}
          to={`/sessions/${sessionId}/incidents/${incident.id}/violation`}
          target="_blank"
          size="compact-sm"
          variant="default"
          leftSection={<IconFileText size={16} />}
          mb="sm"
          data-testid="violation-open"
        >
          {t(incident.violation ? "violation.open" : "violation.make")}
        </Button>
      )}
      {open ? (
        <>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void act("POST", `${path}/notes`, { text });
              setText("");
            }}
          >
            <Group align="flex-end" wrap="nowrap">
              <TextInput
                style={{ flex: 1 }}
                label={t("console.incident.note")}
                value={text}
                maxLength={1000}
                onChange={(event) => setText(event.currentTarget.value)}
              />
              <Button type="submit" variant="light" disabled={!text.trim()}>
                {t("console.incident.add")}
              </Button>
            </Group>
          </form>
          <Textarea
            mt="sm"
            label={t("console.incident.outcome")}
            description={t("console.incident.outcomeHint")}
            value={outcome}
            maxLength={1000}
            autosize
            minRows={2}
            data-testid="incident-outcome"
            onChange={(event) => setOutcome(event.currentTarget.value)}
          />
          <Button
            mt="xs"
            disabled={!outcome.trim()}
            data-testid="incident-close"
            onClick={() => void act("POST", `${path}/close`, { outcome })}
          >
            {t("console.incident.close")}
          </Button>
        </>
      ) : (
        <Text mt="sm" fw={500} data-testid="incident-closed">
          {t("console.incident.closed", { time: dateTime(incident.closed_at), by: incident.closed_by })}:{" "}
          {incident.outcome}
        </Text>
      )}
    </section>
  );
}

function Entries({ incident, playbook }: { incident: Incident; playbook: PlaybookView }) {
  const textOf = (key: string) => playbook.steps.find((step) => step.key === key)?.text;
  return (
    <ul className="entries">
      {incident.entries.map((entry) => {
        const step = textOf(entry.step);
        return (
          <li key={`${entry.at}/${entry.step}`}>
            <small>
              {clockTime(entry.at)} · {entry.by}
            </small>{" "}
            {[step ? said(step) : "", entry.text].filter(Boolean).join(": ")}
          </li>
        );
      })}
    </ul>
  );
}

function clockTime(at: string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "medium", timeZone: "Asia/Ho_Chi_Minh" }).format(new Date(at));
}

interface NewProps {
  session: SessionView;
  playbooks: PlaybookView[];
  act: Act;
  done: () => void;
}

function NewIncident({ session, playbooks, act, done }: NewProps) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<IncidentKind>("picture");
  const [endpoint, setEndpoint] = useState<string | null>(null);
  return (
    <section className="incident-new">
      <Text fw={600} component="h3">
        {t("console.incident.new")}
      </Text>
      <Group align="flex-end" wrap="nowrap">
        <Select
          label={t("console.incident.kind")}
          value={kind}
          allowDeselect={false}
          data={playbooks.map((each) => ({ value: each.kind, label: said(each.title) }))}
          onChange={(value) => value && setKind(value as IncidentKind)}
        />
        <Select
          label={t("live.endpoint")}
          placeholder={t("console.incident.all")}
          clearable
          value={endpoint}
          data={session.endpoints.map((each) => ({ value: each.id, label: each.name }))}
          onChange={setEndpoint}
        />
        <Button
          variant="light"
          data-testid="incident-open"
          onClick={() => {
            void act("POST", "/incidents", { kind, endpoint_id: endpoint });
            done();
          }}
        >
          {t("console.incident.open")}
        </Button>
      </Group>
    </section>
  );
}
