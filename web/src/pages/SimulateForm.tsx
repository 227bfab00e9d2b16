import { ActionIcon, Button, Card, Group, NumberInput, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlayerPlay, IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { LineChange, Question } from "../api/simulation";
import type { ProfileView } from "../api/types";
import { useApi } from "../api/useApi";
import { language } from "../i18n";
import { endpointName } from "./SimulateResult";

const MAX_ENDPOINT_SECONDS = 1200;
const MAX_CHANGES = 10;
const LINE = { min: 0.064, max: 10000, decimalScale: 3 };

interface Props {
  question: Question;
  onChange: (question: Question) => void;
  onSubmit: () => void;
  busy: boolean;
}

/** The longest run that the server takes for so many delegates. */
export function longestSeconds(delegates: number): number {
  return Math.min(120, Math.floor(MAX_ENDPOINT_SECONDS / delegates));
}

export function SimulateForm({ question, onChange, onSubmit, busy }: Props) {
  const { t } = useTranslation();
  const set = (part: Partial<Question>) => onChange({ ...question, ...part });
  const setDelegates = (delegates: number) =>
    set({
      delegates,
      seconds: Math.min(question.seconds, longestSeconds(delegates)),
      changes: question.changes.filter((change) => Number(change.who.split("-")[1] ?? 0) <= delegates),
    });
  return (
    <Card withBorder padding="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack gap="md">
          <SimpleGrid cols={{ base: 2, md: 4 }}>
            <RangedNumber
              label={t("simulate.delegates")}
              value={question.delegates}
              onValue={(value) => setDelegates(value ?? 1)}
              range={{ min: 1, max: 30, decimalScale: 0 }}
            />
            <ProfileSelect value={question.profile} onValue={(profile) => set({ profile })} />
            <RangedNumber
              label={t("simulate.site")}
              suffix="Mb/s"
              value={question.site_mbps}
              onValue={(value) => set({ site_mbps: value })}
              range={LINE}
            />
            <RangedNumber
              label={t("simulate.line")}
              suffix="Mb/s"
              value={question.delegate_mbps}
              onValue={(value) => set({ delegate_mbps: value })}
              range={LINE}
            />
            <RangedNumber
              label={t("simulate.loss")}
              suffix="%"
              value={question.loss_percent}
              onValue={(value) => set({ loss_percent: value ?? 0 })}
              range={{ min: 0, max: 30, decimalScale: 1 }}
            />
            <RangedNumber
              label={t("simulate.delay")}
              suffix="ms"
              value={question.delay_ms}
              onValue={(value) => set({ delay_ms: value ?? 0 })}
              range={{ min: 0, max: 1000, decimalScale: 0 }}
            />
            <RangedNumber
              label={t("simulate.voices")}
              value={question.voices}
              onValue={(value) => set({ voices: value ?? 0 })}
              range={{ min: 0, max: 31, decimalScale: 0 }}
            />
            <RangedNumber
              label={t("simulate.seconds")}
              suffix={t("simulate.s")}
              value={question.seconds}
              onValue={(value) => set({ seconds: value ?? 40 })}
              range={{ min: 10, max: longestSeconds(question.delegates), decimalScale: 0 }}
            />
          </SimpleGrid>
          <Changes question={question} onChange={(changes) => set({ changes })} />
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {t("simulate.hint")}
            </Text>
            <Button
              type="submit"
              size="md"
              loading={busy}
              leftSection={<IconPlayerPlay size={20} />}
              data-testid="simulate-run"
            >
              {t("simulate.run")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function ProfileSelect({ value, onValue }: { value: string; onValue: (value: string) => void }) {
  const { t } = useTranslation();
  const { data } = useApi<{ profiles: ProfileView[] }>("/profiles");
  return (
    <Select
      label={t("create.profile")}
      data={(data?.profiles ?? []).map((each) => ({
        value: each.name,
        label: language() === "vi" ? each.title_vi : each.title_en,
      }))}
      value={value}
      onChange={(next) => onValue(next ?? value)}
      allowDeselect={false}
    />
  );
}

interface NumberProps {
  label: string;
  value: number | undefined;
  onValue: (value: number | undefined) => void;
  range: { min: number; max: number; decimalScale: number };
  suffix?: string;
}

function RangedNumber({ label, value, onValue, range, suffix }: NumberProps) {
  const { t } = useTranslation();
  return (
    <NumberInput
      label={label}
      value={value ?? ""}
      onChange={(next) => onValue(typeof next === "number" ? next : undefined)}
      decimalSeparator={language() === "vi" ? "," : "."}
      allowedDecimalSeparators={[",", "."]}
      clampBehavior="blur"
      suffix={suffix ? ` ${suffix}` : ""}
      placeholder={t("simulate.asProfile")}
      {...range}
    />
  );
}

function Changes({ question, onChange }: { question: Question; onChange: (changes: LineChange[]) => void }) {
  const { t } = useTranslation();
  const { changes, delegates, seconds } = question;
  const add = () =>
    onChange([...changes, { at_s: Math.round(seconds / 2), who: `delegate-${delegates}`, up_mbps: 1, down_mbps: 1 }]);
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <Text component="legend" fw={500} size="sm" mb={6}>
        {t("simulate.changes")}
      </Text>
      <Stack gap="xs">
        {changes.map((change, index) => (
          <ChangeRow
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
            key={index}
            change={change}
            delegates={delegates}
            seconds={seconds}
            onChange={(next) => onChange(changes.map((each, at) => (at === index ? next : each)))}
            onRemove={() => onChange(changes.filter((_, at) => at !== index))}
          />
        ))}
        <Button
          variant="light"
          w="fit-content"
          leftSection={<IconPlus size={18} />}
          disabled={changes.length >= MAX_CHANGES}
          onClick={add}
          data-testid="simulate-add-change"
        >
          {t("simulate.addChange")}
        </Button>
      </Stack>
    </fieldset>
  );
}

interface ChangeProps {
  change: LineChange;
  delegates: number;
  seconds: number;
  onChange: (change: LineChange) => void;
  onRemove: () => void;
}

function ChangeRow({ change, delegates, seconds, onChange, onRemove }: ChangeProps) {
  const { t } = useTranslation();
  const numbered = Array.from({ length: delegates }, (_, index) => `delegate-${index + 1}`);
  const who = ["site", "central", "delegates", ...numbered];
  const set = (part: Partial<LineChange>) => onChange({ ...change, ...part });
  return (
    <Group wrap="nowrap" align="flex-end">
      <RangedNumber
        label={t("simulate.at")}
        suffix={t("simulate.s")}
        value={change.at_s}
        onValue={(value) => set({ at_s: value ?? 0 })}
        range={{ min: 0, max: seconds, decimalScale: 0 }}
      />
      <Select
        flex={1}
        label={t("simulate.who")}
        data={who.map((value) => ({ value, label: endpointName(t, value) }))}
        value={change.who}
        onChange={(value) => set({ who: value ?? change.who })}
        allowDeselect={false}
      />
      <RangedNumber
        label={t("simulate.down")}
        suffix="Mb/s"
        value={change.down_mbps}
        onValue={(value) => set({ down_mbps: value })}
        range={LINE}
      />
      <RangedNumber
        label={t("simulate.up")}
        suffix="Mb/s"
        value={change.up_mbps}
        onValue={(value) => set({ up_mbps: value })}
        range={LINE}
      />
      <RangedNumber
        label={t("simulate.lossShort")}
        suffix="%"
        value={change.loss_percent}
        onValue={(value) => set({ loss_percent: value })}
        range={{ min: 0, max: 30, decimalScale: 1 }}
      />
      <ActionIcon size="lg" variant="subtle" aria-label={t("simulate.removeChange")} onClick={onRemove}>
        <IconX size={18} />
      </ActionIcon>
    </Group>
  );
}
