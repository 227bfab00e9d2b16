import { Button, Group, Select, SimpleGrid, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { GROUNDS, HANDLINGS, MATTER_KINDS, type Matter, OUTCOMES } from "../../api/case";
import { dateTime } from "../../ui/format";
import type { Send } from "./useCase";

interface Props {
  matter: Matter;
  title: string;
  writes: boolean;
  send: Send;
}

const FIELDS = ["kind", "summary", "resolved_by", "handling", "result", "outcome", "refusal_ground"] as const;
type Field = (typeof FIELDS)[number];

/** What a citizen came for under this item, and its outcome. */
export function MatterForm({ matter, title, writes, send }: Props) {
  const { t } = useTranslation();
  const [changed, setChanged] = useState<Partial<Record<Field, string>>>({});
  const value = (field: Field) => changed[field] ?? matter[field];
  const put = (field: Field) => (text: string | null) => setChanged({ ...changed, [field]: text ?? "" });
  const options = (group: string, values: readonly string[]) =>
    values.map((each) => ({ value: each, label: t(`case.${group}.${each}`) }));
  const dirty = FIELDS.some((field) => changed[field] !== undefined && changed[field] !== matter[field]);
  const save = async () => {
    if (await send("PUT", `/matters/${matter.item_id || "-"}`, changed)) setChanged({});
  };
  return (
    <form
      data-testid="matter"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Text fw={600} component="h2" mb={6}>
        {t("case.matter", { title })}
      </Text>
      <Textarea
        size="xs"
        label={t("case.summary")}
        value={value("summary")}
        autosize
        minRows={2}
        maxRows={6}
        readOnly={!writes}
        data-testid="matter-summary"
        onChange={(event) => put("summary")(event.currentTarget.value)}
      />
      <SimpleGrid cols={2} spacing="xs" mt={6}>
        <Select
          size="xs"
          label={t("case.kindLabel")}
          data={options("kind", MATTER_KINDS)}
          value={value("kind")}
          allowDeselect={false}
          disabled={!writes}
          onChange={put("kind")}
        />
        <TextInput
          size="xs"
          label={t("case.resolvedBy")}
          value={value("resolved_by")}
          maxLength={300}
          readOnly={!writes}
          onChange={(event) => put("resolved_by")(event.currentTarget.value)}
        />
        <Select
          size="xs"
          label={t("case.handlingLabel")}
          placeholder={t("case.notYet")}
          data={options("handling", HANDLINGS)}
          value={value("handling") || null}
          clearable={writes}
          disabled={!writes}
          onChange={put("handling")}
        />
        <Select
          size="xs"
          label={t("case.outcomeLabel")}
          placeholder={t("case.notYet")}
          data={options("outcome", OUTCOMES)}
          value={value("outcome") || null}
          clearable={writes}
          disabled={!writes}
          data-testid="matter-outcome"
          onChange={put("outcome")}
        />
      </SimpleGrid>
      {value("outcome") === "tu_choi" && (
        <Select
          size="xs"
          mt={6}
          label={t("case.refuse.ground")}
          data={options("ground", GROUNDS)}
          value={value("refusal_ground") || null}
          disabled={!writes}
          onChange={put("refusal_ground")}
        />
      )}
      <Textarea
        size="xs"
        mt={6}
        label={t("case.result")}
        value={value("result")}
        autosize
        minRows={2}
        maxRows={6}
        readOnly={!writes}
        data-testid="matter-result"
        onChange={(event) => put("result")(event.currentTarget.value)}
      />
      <Group justify="space-between" mt="xs">
        <Text size="xs" c="dimmed">
          {matter.changed_at ? t("case.savedBy", { name: matter.by, time: dateTime(matter.changed_at) }) : ""}
        </Text>
        {writes && (
          <Button type="submit" size="xs" disabled={!dirty} data-testid="matter-save">
            {t("case.save")}
          </Button>
        )}
      </Group>
    </form>
  );
}
