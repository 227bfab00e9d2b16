import { ActionIcon, Button, Group, NumberInput, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTemplate, IconX } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { type Item, newKey } from "./draft";

const LAYOUTS = ["speaker", "grid", "one_plus", "document"];
const TEMPLATE = [
  ["identity", "rooms", 5, ""],
  ["opening", "chair", 5, "speaker"],
  ["rules", "secretary", 5, ""],
  ["statement", "citizen", 20, "speaker"],
  ["answers", "bodies", 20, "speaker"],
  ["dialogue", "all", 20, "grid"],
  ["conclusion", "chair", 10, "speaker"],
  ["signing", "secretary", 10, ""],
] as const;

/** The running order of a reception, to be changed. */
export function templateItems(t: TFunction): Item[] {
  return TEMPLATE.map(([title, speaker, minutes, layout]) => ({
    key: newKey(),
    id: "",
    title: t(`course.script.template.${title}`),
    speaker: t(`course.script.template.${speaker}`),
    minutes,
    layout,
    documents: [],
  }));
}

export function ScriptEditor({ items, onChange }: { items: Item[]; onChange: (items: Item[]) => void }) {
  const { t } = useTranslation();
  const change = (key: string, values: Partial<Item>) =>
    onChange(items.map((item) => (item.key === key ? { ...item, ...values } : item)));
  const move = (from: number, by: number) => {
    const [item] = items.slice(from, from + 1);
    const rest = items.filter((_, at) => at !== from);
    if (item) onChange([...rest.slice(0, from + by), item, ...rest.slice(from + by)]);
  };
  const minutes = items.reduce((all, item) => all + item.minutes, 0);
  return (
    <Stack gap="sm" id="script">
      {items.length === 0 && <Text c="dimmed">{t("course.script.empty")}</Text>}
      {items.map((item, index) => (
        <Row
          key={item.key}
          item={item}
          index={index}
          count={items.length}
          change={(values) => change(item.key, values)}
          move={(by) => move(index, by)}
          remove={() => onChange(items.filter((each) => each.key !== item.key))}
        />
      ))}
      <Group justify="space-between">
        <Group>
          <Button
            variant="light"
            leftSection={<IconPlus size={18} />}
            data-testid="script-add"
            onClick={() =>
              onChange([
                ...items,
                { key: newKey(), id: "", title: "", speaker: "", minutes: 10, layout: "", documents: [] },
              ])
            }
          >
            {t("course.script.add")}
          </Button>
          {items.length === 0 && (
            <Button
              variant="default"
              leftSection={<IconTemplate size={18} />}
              data-testid="script-template"
              onClick={() => onChange(templateItems(t))}
            >
              {t("course.script.insert")}
            </Button>
          )}
        </Group>
        {items.length > 0 && <Text c="dimmed">{t("course.script.total", { minutes })}</Text>}
      </Group>
    </Stack>
  );
}

function Row(props: {
  item: Item;
  index: number;
  count: number;
  change: (values: Partial<Item>) => void;
  move: (by: number) => void;
  remove: () => void;
}) {
  const { t } = useTranslation();
  const { item, index, change } = props;
  const n = index + 1;
  const label = (name: string) => (index === 0 ? t(`course.script.${name}`) : undefined);
  const named = (name: string) => `${t(`course.script.${name}`)} ${n}`;
  return (
    <Group wrap="nowrap" align="flex-end" gap="xs" data-testid="script-row">
      <Text w={24} ta="right" pb={8} fw={600}>
        {n}
      </Text>
      <TextInput
        style={{ flex: 3 }}
        label={label("item")}
        aria-label={named("item")}
        value={item.title}
        maxLength={200}
        onChange={(event) => change({ title: event.currentTarget.value })}
      />
      <TextInput
        style={{ flex: 2 }}
        label={label("speaker")}
        aria-label={named("speaker")}
        value={item.speaker}
        maxLength={200}
        onChange={(event) => change({ speaker: event.currentTarget.value })}
      />
      <NumberInput
        w={84}
        label={label("minutes")}
        aria-label={named("minutes")}
        value={item.minutes}
        min={0}
        max={1440}
        allowDecimal={false}
        onChange={(value) => change({ minutes: Number(value) || 0 })}
      />
      <Select
        w={210}
        label={label("layout")}
        aria-label={named("layout")}
        data={[
          { value: "", label: t("course.script.asIs") },
          ...LAYOUTS.map((value) => ({ value, label: t(`course.script.layouts.${value}`) })),
        ]}
        value={item.layout}
        allowDeselect={false}
        onChange={(value) => change({ layout: value ?? "" })}
      />
      <TagsInput
        style={{ flex: 2 }}
        label={label("documents")}
        aria-label={named("documents")}
        value={item.documents}
        onChange={(documents) => change({ documents })}
      />
      <Group gap={2} wrap="nowrap" pb={3}>
        <ActionIcon
          variant="subtle"
          aria-label={t("course.script.up", { n })}
          disabled={index === 0}
          onClick={() => props.move(-1)}
        >
          <IconArrowUp size={18} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          aria-label={t("course.script.down", { n })}
          disabled={n === props.count}
          onClick={() => props.move(1)}
        >
          <IconArrowDown size={18} />
        </ActionIcon>
        <ActionIcon variant="subtle" aria-label={t("course.script.removeItem", { n })} onClick={props.remove}>
          <IconX size={18} />
        </ActionIcon>
      </Group>
    </Group>
  );
}
