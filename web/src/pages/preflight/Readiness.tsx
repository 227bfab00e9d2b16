import {
  Alert,
  Button,
  Card,
  Group,
  Loader,
  Modal,
  SegmentedControl,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import { useRows } from "../../ui/useRows";
import type { State } from "./types";
import { decimal, light } from "./words";

const OLD_DAYS = 90;
const STATES: State[] = ["pass", "warn", "fail", "missing"];

export interface ReadinessRow {
  name: string;
  level: string;
  organisation: string;
  place: string;
  state: State;
  surveyed_at: string | null;
  visit: string;
  down_mbps: number | null;
  up_mbps: number | null;
  items: Record<string, string>;
}

/** Every registered endpoint at a glance: light, last survey, line. */
export function Readiness() {
  const { t } = useTranslation();
  const { data, error } = useApi<{ endpoints: ReadinessRow[] }>("/readiness", 15000);
  const [text, setText] = useState("");
  const [state, setState] = useState("all");
  const [history, setHistory] = useState<string | null>(null);
  if (!data) return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  const wanted = text.trim().toLocaleLowerCase("vi");
  const rows = data.endpoints.filter(
    (row) =>
      (state === "all" || row.state === state) &&
      `${row.name} ${row.place} ${row.organisation}`.toLocaleLowerCase("vi").includes(wanted),
  );
  const count = (each: State) => data.endpoints.filter((row) => row.state === each).length;
  return (
    <Stack gap="md">
      <Stack gap={0}>
        <Title order={1} size="h2">
          {t("preflight.survey.readiness")}
        </Title>
        <Text c="dimmed">{t("preflight.survey.text")}</Text>
      </Stack>
      <div className="readiness-lights" aria-hidden="true">
        {data.endpoints.map((row) => (
          <span
            key={row.name}
            className="light"
            data-level={light(row.state)}
            title={`${row.name}: ${t(`preflight.state.${row.state}`)}`}
          />
        ))}
      </div>
      <Group>
        <SegmentedControl
          aria-label={t("preflight.survey.state")}
          value={state}
          onChange={setState}
          data={[
            { value: "all", label: `${t("preflight.survey.all")} (${data.endpoints.length})` },
            ...STATES.map((each) => ({ value: each, label: `${t(`preflight.state.${each}`)} (${count(each)})` })),
          ]}
        />
        <TextInput
          aria-label={t("preflight.survey.search")}
          placeholder={t("preflight.survey.search")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </Group>
      {data.endpoints.length === 0 ? (
        <Card withBorder padding="xl">
          <Text>{t("preflight.survey.empty")}</Text>
        </Card>
      ) : (
        <Rows rows={rows} onHistory={setHistory} />
      )}
      <History name={history} onClose={() => setHistory(null)} />
    </Stack>
  );
}

function Rows({ rows, onHistory }: { rows: ReadinessRow[]; onHistory: (name: string) => void }) {
  const { t } = useTranslation();
  const shown = useRows(rows);
  const copy = async (name: string) => {
    const { url } = await api<{ url: string }>("POST", "/readiness/link", { name });
    await navigator.clipboard?.writeText(url).catch(() => undefined);
    notifications.show({ title: t("preflight.survey.copied", { name }), message: url, autoClose: 12000 });
  };
  return (
    <Table className="readiness-table" striped>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("preflight.survey.name")}</Table.Th>
          <Table.Th>{t("preflight.survey.state")}</Table.Th>
          <Table.Th>{t("preflight.survey.last")}</Table.Th>
          <Table.Th>{t("preflight.survey.line")}</Table.Th>
          <Table.Th />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {shown.map((row) => (
          <Table.Tr key={row.name} data-testid={`ready-${row.name}`} data-state={row.state}>
            <Table.Td>
              <Text fw={600}>{row.name}</Text>
              <Text size="sm" c="dimmed">
                {[row.organisation, row.place].filter(Boolean).join(" · ")}
              </Text>
            </Table.Td>
            <Table.Td>
              <span className="check-state">
                <span className="light" data-level={light(row.state)} />
                {t(`preflight.state.${row.state}`)}
              </span>
              <Text size="sm">{itemsOf(row, "fail", t).join(", ")}</Text>
              {row.state === "missing" && row.visit && (
                <Text size="sm" c="dimmed">
                  {t("preflight.survey.open", { items: itemsOf(row, "not_measured", t).join(", ") })}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              {row.surveyed_at ? dateTime(row.surveyed_at) : t("preflight.survey.never")}
              {row.surveyed_at && isOld(row.surveyed_at) && (
                <Text size="sm" c="dimmed">
                  {t("preflight.survey.old", { days: OLD_DAYS })}
                </Text>
              )}
            </Table.Td>
            <Table.Td>{lineOf(row)}</Table.Td>
            <Table.Td>
              <Group gap="xs" justify="flex-end" wrap="nowrap">
                <Button size="xs" variant="light" onClick={() => void copy(row.name)} data-testid="survey-link">
                  {t("preflight.survey.link")}
                </Button>
                <Button size="xs" variant="default" disabled={!row.visit} onClick={() => onHistory(row.name)}>
                  {t("preflight.survey.history")}
                </Button>
              </Group>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const itemsOf = (row: ReadinessRow, verdict: string, t: TFunction): string[] =>
  Object.entries(row.items)
    .filter(([, each]) => each === verdict)
    .map(([item]) => t(`preflight.item.${item}`));

function lineOf({ down_mbps: down, up_mbps: up }: ReadinessRow): string {
  if (down === null && up === null) return "–";
  return `${down === null ? "–" : decimal(down)} / ${up === null ? "–" : decimal(up)} Mb/s`;
}

const isOld = (at: string): boolean => Date.now() - Date.parse(at) > OLD_DAYS * 86_400_000;

function History({ name, onClose }: { name: string | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={name !== null} onClose={onClose} size="lg" title={t("preflight.survey.historyOf", { name })}>
      {name && <Visits name={name} />}
    </Modal>
  );
}

function Visits({ name }: { name: string }) {
  const { t } = useTranslation();
  const { data, error } = useApi<{ surveys: ReadinessRow[] }>(`/readiness/history?name=${encodeURIComponent(name)}`);
  if (!data) return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  return (
    <Table>
      <Table.Tbody>
        {data.surveys.map((row) => (
          <Table.Tr key={row.visit}>
            <Table.Td>{dateTime(row.surveyed_at)}</Table.Td>
            <Table.Td>
              <span className="check-state">
                <span className="light" data-level={light(row.state)} />
                {t(`preflight.state.${row.state}`)}
              </span>
            </Table.Td>
            <Table.Td>{lineOf(row)}</Table.Td>
            <Table.Td>
              <Link to={`/readiness/print?name=${encodeURIComponent(name)}&visit=${row.visit}`}>
                {t("preflight.survey.print")}
              </Link>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
