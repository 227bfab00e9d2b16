import {
  Alert,
  Anchor,
  Button,
  Card,
  Group,
  Loader,
  NumberInput,
  Radio,
  Select,
  SimpleGrid,
  Stack,
  Stepper,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import type { ScriptItem } from "../../api/course";
import type { ProfileView, SessionView } from "../../api/types";
import { useApi } from "../../api/useApi";
import { language } from "../../i18n";
import { DateField } from "../../ui/DateField";
import { day } from "../../ui/format";
import { type Draft, draftOf, EMPTY_PLAN, emptySeat, KINDS, type Kind } from "./draft";
import { MatterFields } from "./MatterFields";
import { ScriptEditor, templateItems } from "./ScriptEditor";
import { SeatField, SeatRows } from "./SeatFields";
import { saveChanges, saveNew } from "./saving";

const MOST = 31;
const STEPS = ["session", "endpoints", "matter", "script"] as const;

/** A new session, or what is planned of one: four steps, saved at any of them. */
export function SessionForm() {
  const { id } = useParams();
  return id ? <Existing id={id} /> : <Form session={null} script={[]} />;
}

function Existing({ id }: { id: string }) {
  const { t } = useTranslation();
  const session = useApi<SessionView>(`/sessions/${id}`);
  const script = useApi<{ items: ScriptItem[] }>(`/sessions/${id}/script`);
  const error = session.error ?? script.error;
  if (error) return <Alert color="lacquer">{error.message}</Alert>;
  if (!session.data || !script.data) return <Loader aria-label={t("app.loading")} />;
  return <Form session={session.data} script={script.data.items} />;
}

function Form({ session, script }: { session: SessionView | null; script: ScriptItem[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const [step, setStep] = useState(Math.max(0, STEPS.indexOf((search.get("step") ?? "session") as "session")));
  const [draft, setDraft] = useState<Draft>(() => (session ? draftOf(session, script) : emptyDraft(t)));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  useFocusOn(search.get("field"));
  const change = (values: Partial<Draft>) => setDraft((before) => ({ ...before, ...values }));
  const save = async () => {
    setBusy(true);
    setProblem("");
    try {
      const id = session ? await saveChanges(session, draft) : await saveNew(draft);
      navigate(!session && draft.kind === "rehearsal" ? `/sessions/${id}` : `/sessions/${id}/prepare`);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
      setBusy(false);
    }
  };
  const fixed = session !== null && session.state !== "draft";
  const last = step === STEPS.length - 1;
  return (
    <Card withBorder padding="xl" maw={1180} mx="auto">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Title order={1} size="h2" mb="lg">
          {t(session ? "course.form.editTitle" : "course.form.newTitle")}
        </Title>
        <Stepper active={step} onStepClick={setStep} size="sm" mb="md">
          <Stepper.Step label={t("course.form.stepSession")}>
            <SessionFields draft={draft} change={change} isNew={!session} />
          </Stepper.Step>
          <Stepper.Step label={t("course.form.stepEndpoints")}>
            <EndpointFields draft={draft} change={change} />
          </Stepper.Step>
          <Stepper.Step label={t("course.form.stepMatter")}>
            <MatterFields
              draft={draft}
              fixed={fixed}
              change={(values) => setDraft((before) => ({ ...before, plan: { ...before.plan, ...values } }))}
            />
          </Stepper.Step>
          <Stepper.Step label={t("course.form.stepScript")}>
            <ScriptEditor items={draft.script} onChange={(items) => change({ script: items })} />
          </Stepper.Step>
        </Stepper>
        {problem && (
          <Alert variant="light" color="lacquer" mb="md" data-testid="problem">
            {problem}
          </Alert>
        )}
        <Group justify="space-between" mt="lg">
          <Button variant="default" disabled={step === 0} onClick={() => setStep(step - 1)}>
            {t("course.form.back")}
          </Button>
          <Group>
            <Button type="submit" variant={last ? "filled" : "light"} loading={busy} data-testid="create-session">
              {t(session ? "course.form.save" : "course.form.saveDraft")}
            </Button>
            {!last && (
              <Button onClick={() => setStep(step + 1)} data-testid="next-step">
                {t("course.form.next")}
              </Button>
            )}
          </Group>
        </Group>
      </form>
    </Card>
  );
}

/** Puts the cursor where the preparation page sent its reader. */
function useFocusOn(field: string | null) {
  useEffect(() => {
    if (field) document.getElementById(field)?.focus();
  }, [field]);
}

type Translate = ReturnType<typeof useTranslation>["t"];

function titleOf(t: Translate, kind: Kind): string {
  return t(`course.form.titleByKind.${kind}`, { date: day(new Date().toISOString()) });
}

function emptyDraft(t: Translate): Draft {
  return {
    title: titleOf(t, "dinh_ky"),
    kind: "dinh_ky",
    profile: "30-5",
    start: "",
    minutes: 120,
    central: { ...emptySeat(), name: t("create.centralDefault") },
    delegates: [emptySeat(), emptySeat(), emptySeat()],
    observers: [],
    plan: EMPTY_PLAN,
    script: [],
  };
}

interface FieldsProps {
  draft: Draft;
  change: (values: Partial<Draft>) => void;
}

function SessionFields({ draft, change, isNew }: FieldsProps & { isNew: boolean }) {
  const { t } = useTranslation();
  const profiles = useApi<{ profiles: ProfileView[] }>("/profiles");
  /** What is sent at once has a script and a length at once, unless something was written already. */
  const choose = (kind: Kind) => {
    const untouched = KINDS.some((each) => draft.title === titleOf(t, each));
    const script = kind === "dot_xuat" && draft.script.length === 0 ? templateItems(t) : draft.script;
    change({
      kind,
      title: untouched ? titleOf(t, kind) : draft.title,
      ...(kind === "dot_xuat" ? { script, minutes: 60 } : {}),
    });
  };
  const names = (profiles.data?.profiles ?? []).filter((each) => each.ok);
  return (
    <Stack gap="md">
      {isNew && (
        <Radio.Group label={t("create.kind")} value={draft.kind} onChange={(value) => choose(value as Kind)}>
          <SimpleGrid cols={2} spacing="sm" mt={6}>
            {KINDS.map((kind) => (
              <Radio.Card key={kind} value={kind} p="sm" data-testid={`kind-${kind}`}>
                <Group wrap="nowrap" align="flex-start">
                  <Radio.Indicator mt={3} />
                  <div>
                    <Text fw={600}>{t(`kind.${kind}`)}</Text>
                    <Text size="sm" c="dimmed">
                      {t(`course.kindText.${kind}`)}
                    </Text>
                  </div>
                </Group>
              </Radio.Card>
            ))}
          </SimpleGrid>
        </Radio.Group>
      )}
      <TextInput
        label={t("create.name")}
        value={draft.title}
        onChange={(event) => change({ title: event.currentTarget.value })}
        required
        maxLength={200}
        data-testid="title"
      />
      <SimpleGrid cols={3}>
        <DateField
          withTime
          label={t("course.form.start")}
          id="plan.planned_start"
          value={draft.start}
          onChange={(start) => change({ start })}
        />
        <NumberInput
          label={t("course.form.minutes")}
          value={draft.minutes}
          min={1}
          max={1440}
          allowDecimal={false}
          onChange={(value) => change({ minutes: typeof value === "number" ? value : "" })}
        />
        <Select
          label={t("create.profile")}
          data={names.map((each) => ({
            value: each.name,
            label: language() === "vi" ? each.title_vi : each.title_en,
          }))}
          value={draft.profile}
          onChange={(value) => change({ profile: value ?? "30-5" })}
          allowDeselect={false}
        />
      </SimpleGrid>
      <Anchor
        component={Link}
        to={`/simulate?profile=${encodeURIComponent(draft.profile)}&delegates=${Math.max(1, draft.delegates.length)}`}
        size="sm"
        data-testid="try-first"
      >
        {t("simulate.tryFirst")}
      </Anchor>
    </Stack>
  );
}

function EndpointFields({ draft, change }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      <div>
        <Text fw={500} size="sm">
          {t("course.form.central")}
        </Text>
        <Text size="sm" c="dimmed" mb={6}>
          {t("course.form.centralText")}
        </Text>
        <SeatField
          seat={draft.central}
          label={t("course.form.central")}
          change={(central) => change({ central })}
          testId="central"
        />
      </div>
      <SeatRows
        title={t("course.form.delegates")}
        add={t("course.form.addDelegate")}
        seats={draft.delegates}
        onChange={(delegates) => change({ delegates })}
        most={MOST}
        testId="delegate"
      />
      <SeatRows
        title={t("course.form.observers")}
        add={t("course.form.addObserver")}
        seats={draft.observers}
        onChange={(observers) => change({ observers })}
        most={MOST}
        testId="observer"
      />
    </Stack>
  );
}
