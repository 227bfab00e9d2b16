import { Button, Card, Group, Select, SimpleGrid } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { NO_FILTER, type ReportFilter } from "../../api/papers";
import { DateField } from "../../ui/DateField";
import { PERIODS, periodDays, todayInVietnam } from "./periods";

const LEVELS = ["trung_uong", "tinh", "xa", "so_nganh"];
const RESULTS = ["da_ket_luan", "huong_dan", "chuyen", "thu_ly", "tu_choi", "tiep_truc_tiep", "khac", "chua_ghi"];

interface Parts {
  filter: ReportFilter;
  places: string[];
  onChange: (filter: ReportFilter) => void;
}

/** Which sessions the figures are of. */
export function ReportFilters({ filter, places, onChange }: Parts) {
  const { t } = useTranslation();
  const set = (changes: Partial<ReportFilter>) => onChange({ ...filter, ...changes });
  const known = filter.place && !places.includes(filter.place) ? [filter.place, ...places] : places;
  const choice = (name: "level" | "place" | "class" | "result", data: { value: string; label: string }[]) => (
    <Select
      label={t(`papers.reports.${name}`)}
      placeholder={t("papers.reports.all")}
      clearable
      data={data}
      value={filter[name] || null}
      onChange={(value) => set({ [name]: value ?? "" })}
      data-testid={`filter-${name}`}
    />
  );
  return (
    <Card withBorder padding="lg">
      <Group gap="xs" mb="sm">
        {PERIODS.map((period) => {
          const days = periodDays(period, todayInVietnam());
          const chosen = filter.from === days.from && filter.to === days.to;
          return (
            <Button
              key={period}
              size="xs"
              variant={chosen ? "filled" : "default"}
              aria-pressed={chosen}
              onClick={() => set(days)}
              data-testid={`period-${period}`}
            >
              {t(`papers.reports.period.${period}`)}
            </Button>
          );
        })}
        <Button size="xs" variant="subtle" onClick={() => onChange(NO_FILTER)} data-testid="no-filter">
          {t("papers.reports.clear")}
        </Button>
      </Group>
      <SimpleGrid cols={{ base: 2, md: 3, lg: 6 }} spacing="sm">
        <DateField
          label={t("papers.reports.from")}
          value={filter.from}
          onChange={(from) => set({ from })}
          data-testid="filter-from"
        />
        <DateField
          label={t("papers.reports.to")}
          value={filter.to}
          onChange={(to) => set({ to })}
          data-testid="filter-to"
        />
        {choice(
          "level",
          LEVELS.map((value) => ({ value, label: t(`course.level.${value}`) })),
        )}
        {choice(
          "place",
          known.map((value) => ({ value, label: value })),
        )}
        {choice(
          "class",
          ["1", "2", "3", "4", "5", "6"].map((value) => ({ value, label: t(`course.class.${value}`) })),
        )}
        {choice(
          "result",
          RESULTS.map((value) => ({ value, label: t(`papers.result.${value}`) })),
        )}
      </SimpleGrid>
    </Card>
  );
}
