import { Alert, Button, Card, Group, Loader, SegmentedControl, Stack, Table, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useMe } from "../../api/me";
import {
  type FigureTable,
  NO_FILTER,
  type PaperFormat,
  type ReportFilter,
  reportQuery,
  type Statistics,
} from "../../api/papers";
import { useApi } from "../../api/useApi";
import { useRows } from "../../ui/useRows";
import { FileButtons } from "./FileButtons";
import { periodDays, todayInVietnam } from "./periods";
import { ReportFilters } from "./ReportFilters";

const FORMATS: PaperFormat[] = ["docx", "pdf", "xlsx", "csv"];
const SHOWN = ["sessions", "turns", "people", "matters", "repeated", "large_groups", "tasks", "overdue"];
const COLUMNS = [
  ...["sessions", "turns", "people", "matters", "first", "repeated", "large_groups", "concluded", "guided"],
  ...["passed_on", "accepted", "refused", "in_person", "undecided", "tasks", "overdue"],
];
const NAMES = Object.keys(NO_FILTER) as (keyof ReportFilter)[];

/** What an address asks for: this year, where it says nothing. */
function filterOf(address: URLSearchParams): ReportFilter {
  if (!address.size) return { ...NO_FILTER, ...periodDays("year", todayInVietnam()) };
  return Object.fromEntries(NAMES.map((name) => [name, address.get(name) ?? ""])) as unknown as ReportFilter;
}

function addressOf(filter: ReportFilter): URLSearchParams {
  const query = reportQuery(filter);
  return query.size ? query : new URLSearchParams({ all: "1" });
}

/** Figures of a period, and what can be taken away of it. */
export function Reports() {
  const { t } = useTranslation();
  const { sees } = useMe();
  const [address, setAddress] = useSearchParams();
  const filter = filterOf(address);
  const query = reportQuery(filter).toString();
  const { data, error } = useApi<Statistics>(`/reports/statistics${query ? `?${query}` : ""}`);
  const [problem, setProblem] = useState("");
  const kinds = ["statistics", ...(sees("see_identity") ? ["register"] : []), "annex", "equipment"];
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t("papers.reports.title")}
        </Title>
        <Button component={Link} to="/paper-templates" variant="light" data-testid="open-templates">
          {t("papers.templates.title")}
        </Button>
      </Group>
      <ReportFilters
        filter={filter}
        places={data?.places ?? []}
        onChange={(next) => setAddress(addressOf(next), { replace: true })}
      />
      {(problem || error) && (
        <Alert variant="light" color="lacquer" data-testid="problem">
          {problem || error?.message}
        </Alert>
      )}
      {!data && !error && <Loader aria-label={t("app.loading")} />}
      {data && (
        <>
          <Totals total={data.total} />
          <Card withBorder padding="lg">
            <Title order={2} size="h4" mb="xs">
              {t("papers.reports.files")}
            </Title>
            {kinds.map((kind) => (
              <div className="paper-row" key={kind} data-testid={`report-${kind}`}>
                <div>
                  <Text fw={600}>{t(`papers.reports.kind.${kind}`)}</Text>
                  <Text size="sm" c="dimmed">
                    {t(`papers.reports.about.${kind}`)}
                  </Text>
                </div>
                <span />
                <FileButtons
                  path={`/reports/${kind}/file${query ? `?${query}` : ""}`}
                  title={t(`papers.reports.kind.${kind}`)}
                  formats={FORMATS}
                  testId={kind}
                  onProblem={setProblem}
                />
              </div>
            ))}
          </Card>
          <Figures tables={data.tables} />
        </>
      )}
    </Stack>
  );
}

function Totals({ total }: { total: Record<string, number> }) {
  const { t } = useTranslation();
  return (
    <div className="totals">
      {SHOWN.map((name) => (
        <Card withBorder padding="sm" key={name}>
          <Text size="sm" c="dimmed">
            {t(`papers.figure.${name}`)}
          </Text>
          <Text
            fz={28}
            fw={700}
            lh={1.2}
            c={name === "overdue" && total[name] ? "lacquer" : "inherit"}
            data-testid={`total-${name}`}
          >
            {total[name]}
          </Text>
        </Card>
      ))}
    </div>
  );
}

function Rows({ rows }: { rows: FigureTable["rows"] }) {
  return useRows(rows).map((row) => (
    <Table.Tr key={row["value"]}>
      <Table.Td>{row["value"]}</Table.Td>
      {COLUMNS.map((name) => (
        <Table.Td key={name}>{row[name]}</Table.Td>
      ))}
    </Table.Tr>
  ));
}

function Figures({ tables }: { tables: FigureTable[] }) {
  const { t } = useTranslation();
  const by = tables.filter((table) => table.key !== "toan_bo");
  const [chosen, setChosen] = useState(by[0]?.key ?? "");
  const table = by.find((each) => each.key === chosen) ?? by[0];
  if (!table) return null;
  return (
    <Card withBorder padding="lg">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          {t(`papers.dimension.${table.key}`)}
        </Title>
        <SegmentedControl
          size="xs"
          aria-label={t("papers.reports.dimension")}
          value={table.key}
          onChange={setChosen}
          data={by.map((each) => ({ value: each.key, label: t(`papers.short.${each.key}`) }))}
        />
      </Group>
      {table.rows.length === 0 ? (
        <Text c="dimmed" data-testid="no-figures">
          {t("papers.reports.none")}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={1000}>
          <Table striped withColumnBorders verticalSpacing={4} fz="sm" className="figures" data-testid="figures">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t(`papers.short.${table.key}`)}</Table.Th>
                {COLUMNS.map((name) => (
                  <Table.Th key={name} ta="right">
                    {t(`papers.figure.${name}`)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              <Rows key={table.key} rows={table.rows} />
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {table.note && (
        <Text size="sm" c="dimmed" mt="xs">
          {table.note}
        </Text>
      )}
    </Card>
  );
}
