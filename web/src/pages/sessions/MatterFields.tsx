import {
  Alert,
  Autocomplete,
  Checkbox,
  Fieldset,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useTranslation } from "react-i18next";
import { LEVELS } from "../../api/registry";
import { type Draft, isDeputy, MAX_REPRESENTATIVES, recommendedOperators } from "./draft";

const REASONS = ["dich_benh_thien_tai", "nhieu_cap_xa_dia_ly", "khong_the_truc_tiep", "khac"] as const;
const RETENTION = ["vinh_vien", "15_nam", "5_nam", "chay_thu_30_ngay"] as const;
const CLASSES = [1, 2, 3, 4, 5, 6];
type Plan = Draft["plan"];
interface Props {
  draft: Draft;
  change: (values: Partial<Plan>) => void;
  /** The main content was approved and stays. */
  fixed: boolean;
}

/** What it is about, why online, and who takes part. */
export function MatterFields(props: Props) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      {props.fixed && (
        <Alert variant="light" color="navy">
          {t("course.form.fixed")}
        </Alert>
      )}
      <Matter {...props} />
      <People {...props} />
      <More {...props} />
    </Stack>
  );
}

function Matter({ draft: { plan }, change, fixed }: Props) {
  const { t } = useTranslation();
  return (
    <Fieldset legend={t("course.form.matter")}>
      <Stack gap="sm">
        <SimpleGrid cols={2}>
          <Select
            label={t("course.form.class")}
            id="plan.matter_class"
            data={CLASSES.map((value) => ({ value: String(value), label: t(`course.class.${value}`) }))}
            value={plan.matter_class ? String(plan.matter_class) : null}
            onChange={(value) => change({ matter_class: value ? Number(value) : null })}
            disabled={fixed}
            data-testid="matter-class"
          />
          <Select
            label={t("course.form.reason")}
            id="plan.reason_online"
            data={REASONS.map((value) => ({ value, label: t(`course.reason.${value}`) }))}
            value={plan.reason_online || null}
            onChange={(value) => change({ reason_online: (value ?? "") as Plan["reason_online"] })}
            disabled={fixed}
            data-testid="reason-online"
          />
          <NumberInput
            label={t("course.form.group")}
            id="plan.group_size"
            value={plan.group_size}
            min={0}
            max={10000}
            allowDecimal={false}
            onChange={(value) => change({ group_size: Number(value) || 0 })}
          />
          <NumberInput
            label={t("course.form.representatives")}
            id="plan.representatives"
            value={plan.representatives}
            min={0}
            max={1000}
            allowDecimal={false}
            error={plan.representatives > MAX_REPRESENTATIVES && t("course.form.tooMany")}
            onChange={(value) => change({ representatives: Number(value) || 0 })}
          />
        </SimpleGrid>
        {plan.reason_online === "khac" && (
          <Textarea
            label={t("course.form.reasonNote")}
            id="plan.reason_online_note"
            value={plan.reason_online_note}
            maxLength={1000}
            disabled={fixed}
            onChange={(event) => change({ reason_online_note: event.currentTarget.value })}
          />
        )}
        {plan.representatives > 0 && (
          <Checkbox
            label={t("course.form.paper")}
            id="plan.appointment_paper"
            checked={plan.appointment_paper}
            onChange={(event) => change({ appointment_paper: event.currentTarget.checked })}
          />
        )}
        <Checkbox
          label={t("course.form.noSecrets")}
          id="plan.no_state_secrets"
          checked={plan.no_state_secrets}
          disabled={fixed}
          data-testid="no-secrets"
          onChange={(event) => change({ no_state_secrets: event.currentTarget.checked })}
        />
      </Stack>
    </Fieldset>
  );
}

function People({ draft, change, fixed }: Props) {
  const { t } = useTranslation();
  const { plan } = draft;
  const seats = [draft.central, ...draft.delegates, ...draft.observers].filter((seat) => seat.name.trim());
  const organisations = [...new Set(seats.map((seat) => seat.organisation).filter(Boolean))];
  return (
    <Fieldset legend={t("course.form.persons")}>
      <SimpleGrid cols={2} spacing="sm">
        <Autocomplete
          label={t("course.form.host")}
          id="plan.host_organisation"
          data={organisations}
          value={plan.host_organisation}
          maxLength={200}
          disabled={fixed}
          onChange={(host_organisation) => change({ host_organisation })}
          data-testid="host"
        />
        <Select
          label={t("course.form.level")}
          id="plan.competent_level"
          data={LEVELS.map((value) => ({ value, label: t(`course.level.${value}`) }))}
          value={plan.competent_level || null}
          disabled={fixed}
          onChange={(value) => change({ competent_level: (value ?? "") as Plan["competent_level"] })}
        />
        <TextInput
          label={t("course.form.chair")}
          id="plan.chair_name"
          value={plan.chair_name}
          maxLength={120}
          disabled={fixed}
          onChange={(event) => change({ chair_name: event.currentTarget.value })}
          data-testid="chair"
        />
        <TextInput
          label={t("course.form.chairOffice")}
          id="plan.chair_office"
          value={plan.chair_office}
          maxLength={200}
          disabled={fixed}
          error={isDeputy(plan.chair_office) && t("course.form.deputy")}
          onChange={(event) => change({ chair_office: event.currentTarget.value })}
        />
        <TextInput
          label={t("course.form.secretary")}
          id="plan.secretary"
          value={plan.secretary}
          maxLength={120}
          onChange={(event) => change({ secretary: event.currentTarget.value })}
        />
        <TagsInput
          label={t("course.form.bodies")}
          description={t("course.form.bodiesHint")}
          inputWrapperOrder={["label", "input", "description"]}
          id="plan.coordinating_bodies"
          data={organisations}
          value={plan.coordinating_bodies}
          onChange={(coordinating_bodies) => change({ coordinating_bodies })}
        />
        <TagsInput
          label={t("course.form.operators")}
          description={t("course.form.operatorsHint", {
            count: recommendedOperators(seats.length),
            endpoints: seats.length,
          })}
          inputWrapperOrder={["label", "input", "description"]}
          id="plan.operators"
          value={plan.operators}
          onChange={(operators) => change({ operators })}
        />
      </SimpleGrid>
    </Fieldset>
  );
}

function More({ draft: { plan }, change }: Props) {
  const { t } = useTranslation();
  return (
    <Fieldset legend={t("course.form.other")}>
      <Group align="flex-start">
        <Select
          w={280}
          label={t("course.form.retention")}
          id="plan.retention"
          data={RETENTION.map((value) => ({ value, label: t(`course.retention.${value}`) }))}
          value={plan.retention || null}
          onChange={(value) => change({ retention: (value ?? "") as Plan["retention"] })}
        />
        <Textarea
          style={{ flex: 1 }}
          label={t("course.form.note")}
          id="plan.note"
          autosize
          minRows={1}
          value={plan.note}
          maxLength={20000}
          onChange={(event) => change({ note: event.currentTarget.value })}
        />
      </Group>
    </Fieldset>
  );
}
