import { Button, Card, Group, Select, SimpleGrid, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/me";
import { type Asked, NOTHING } from "../../api/search";
import { DateField } from "../../ui/DateField";

const KINDS = ["dinh_ky", "dot_xuat", "vu_viec", "rehearsal"];
const STATES = ["scheduled", "live", "ended", "archived", "cancelled"];
const SORTS = ["newest", "oldest", "title", "chair"];
const CLASSES = ["1", "2", "3", "4", "5", "6"];

/** What is looked for. */
export function SearchForm({ asked, onSearch }: { asked: Asked; onSearch: (asked: Asked) => void }) {
  const { t } = useTranslation();
  const { extent } = useMe();
  const [values, setValues] = useState(asked);
  const set = (name: keyof Asked, value: string | null) => setValues((before) => ({ ...before, [name]: value ?? "" }));
  const date = (name: keyof Asked) => (
    <DateField
      label={t(`search.field.${name}`)}
      value={values[name]}
      data-testid={`search-${name}`}
      onChange={(value) => set(name, value)}
    />
  );
  const field = (name: keyof Asked) => (
    <TextInput
      label={t(`search.field.${name}`)}
      value={values[name]}
      maxLength={200}
      autoComplete="off"
      data-testid={`search-${name}`}
      onChange={(event) => set(name, event.currentTarget.value)}
    />
  );
  const choice = (name: keyof Asked, data: { value: string; label: string }[], standard: string | null = null) => (
    <Select
      label={t(`search.field.${name}`)}
      placeholder={t("search.any")}
      clearable={standard === null}
      allowDeselect={standard === null}
      data={data}
      value={values[name] || standard}
      onChange={(value) => set(name, value)}
      data-testid={`search-${name}`}
    />
  );
  const seesIdentity = ["full", "read"].includes(extent("see_identity"));
  return (
    <Card withBorder padding="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSearch(values);
        }}
      >
        <SimpleGrid cols={{ base: 2, lg: 4 }} spacing="sm" verticalSpacing="xs">
          {field("q")}
          {field("site")}
          {field("chair")}
          {seesIdentity && field("citizen")}
          {date("from")}
          {date("to")}
          {choice(
            "class",
            CLASSES.map((value) => ({ value, label: t(`course.class.${value}`) })),
          )}
          {choice(
            "kind",
            KINDS.map((value) => ({ value, label: t(`kind.${value}`) })),
          )}
          {choice(
            "state",
            STATES.map((value) => ({ value, label: t(`state.${value}`) })),
          )}
          {choice(
            "sort",
            SORTS.map((value) => ({ value, label: t(`search.sort.${value}`) })),
            "newest",
          )}
          <Group align="flex-end" gap="xs">
            <Button type="submit" leftSection={<IconSearch size={18} />} data-testid="search">
              {t("search.search")}
            </Button>
            <Button
              variant="subtle"
              onClick={() => {
                setValues(NOTHING);
                onSearch(NOTHING);
              }}
            >
              {t("search.clear")}
            </Button>
          </Group>
        </SimpleGrid>
      </form>
    </Card>
  );
}
