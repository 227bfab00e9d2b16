import { Alert, Button, Group, Loader, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { api } from "../../api/client";
import { useMe } from "../../api/me";
import type { SessionView } from "../../api/types";
import { useApi } from "../../api/useApi";
import type { Incident, WatchView } from "../../api/watch";
import { dateTime } from "../../ui/format";
import { RehearsalMark } from "../../ui/RehearsalMark";

const FIELDS = ["persons", "conduct", "measures", "witnesses"] as const;
type Values = Record<(typeof FIELDS)[number], string>;

/** "Biên bản vi phạm nội quy": filled in from the incident, kept with it, printed and signed on paper. */
export function ViolationRecord() {
  const { t } = useTranslation();
  const { id = "", incident: number = "" } = useParams();
  const session = useApi<SessionView>(`/sessions/${id}`);
  const watch = useApi<WatchView>(`/sessions/${id}/watch`);
  const error = session.error ?? watch.error;
  if (!session.data || !watch.data) {
    return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  }
  const incident = watch.data.incidents.find((each) => each.id === number);
  if (!incident) return <Alert color="lacquer">{t("violation.none")}</Alert>;
  return <Sheet session={session.data} watch={watch.data} incident={incident} reload={watch.reload} />;
}

interface Props {
  session: SessionView;
  watch: WatchView;
  incident: Incident;
  reload: () => Promise<void>;
}

function Sheet({ session, watch, incident, reload }: Props) {
  const { t } = useTranslation();
  const { may } = useMe();
  const [values, setValues] = useState<Values>(() => begun(watch, incident));
  const [problem, setProblem] = useState("");
  const room = session.endpoints.find((each) => each.id === incident.endpoint_id);
  const save = async () => {
    setProblem("");
    try {
      await api("PUT", `/sessions/${session.id}/incidents/${incident.id}/violation`, values);
      await reload();
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
  };
  const open = !["ended", "archived", "cancelled"].includes(session.state);
  return (
    <div className="record">
      <RehearsalMark on={session.kind === "rehearsal"} />
      {open && may("moderate") && (
        <Stack className="record-form" gap="sm" maw={820} mx="auto">
          <Title order={2} size="h3">
            {t("violation.heading")}
          </Title>
          <TextInput {...field("persons", values, setValues, t)} required />
          <Textarea {...field("conduct", values, setValues, t)} required autosize minRows={3} />
          <Textarea {...field("measures", values, setValues, t)} autosize minRows={2} />
          <TextInput {...field("witnesses", values, setValues, t)} />
          {problem && <Alert color="lacquer">{problem}</Alert>}
        </Stack>
      )}
      <Group className="record-tools" maw={820} mx="auto">
        {open && may("moderate") && (
          <Button
            variant="light"
            disabled={!values.persons.trim() || !values.conduct.trim()}
            onClick={() => void save()}
            data-testid="violation-save"
          >
            {t("violation.save")}
          </Button>
        )}
        <Button onClick={() => window.print()}>{t("preflight.print.print")}</Button>
        <Text size="sm">{t("preflight.print.pdf")}</Text>
      </Group>
      <article className="record-sheet violation" data-testid="violation-sheet">
        <header>
          <strong>{t("preflight.print.nation")}</strong>
          <strong className="record-motto">{t("preflight.print.motto")}</strong>
          <h1>{t("violation.title")}</h1>
          <h2>{session.plan.host_organisation || session.title}</h2>
        </header>
        <dl className="record-facts">
          <Fact name={t("preflight.print.session")} value={`${session.title} (${session.number})`} />
          <Fact name={t("violation.at")} value={dateTime(incident.opened_at)} />
          <Fact name={t("violation.room")} value={room?.name ?? t("console.incident.all")} />
          <Fact name={t("course.form.chair")} value={session.plan.chair_name || "…"} />
          {FIELDS.map((name) => (
            <Fact key={name} name={t(`violation.${name}`)} value={values[name] || "…"} />
          ))}
          <Fact
            name={t("violation.drawnUp")}
            value={
              incident.violation?.at
                ? `${incident.violation.by}, ${dateTime(incident.violation.at)}`
                : t("violation.notSaved")
            }
          />
        </dl>
        <p>{t("violation.readAloud")}</p>
        <div className="record-signs three">
          {["signPerson", "signWitness", "signAuthor"].map((key) => (
            <div key={key}>
              <strong>{t(`violation.${key}`)}</strong>
              <em>{t("preflight.print.signHere")}</em>
              <span className="record-name" />
            </div>
          ))}
        </div>
      </article>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function field(
  name: keyof Values,
  values: Values,
  setValues: (change: (before: Values) => Values) => void,
  t: ReturnType<typeof useTranslation>["t"],
) {
  return {
    label: t(`violation.${name}`),
    value: values[name],
    maxLength: name === "conduct" ? 4000 : 1000,
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setValues((before) => ({ ...before, [name]: value }));
    },
  };
}

/** What was written already; else the people of the room, what was noted of the incident and what was done. */
function begun(watch: WatchView, incident: Incident): Values {
  if (incident.violation) {
    const { persons, conduct, measures, witnesses } = incident.violation;
    return { persons, conduct, measures, witnesses };
  }
  const people = watch.attendance.rooms[incident.endpoint_id ?? ""]?.people ?? [];
  const noted = incident.entries.filter((entry) => entry.text && !entry.step).map((entry) => entry.text);
  return {
    persons: people
      .filter((each) => each.capacity === "citizen" || each.capacity === "representative")
      .map((each) => each.name)
      .join(", "),
    conduct: noted.join("\n"),
    measures: "",
    witnesses: "",
  };
}
