import {
  Alert,
  Badge,
  Button,
  Card,
  Code,
  Group,
  NativeSelect,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, request } from "../../api/client";
import { DateField } from "../../ui/DateField";
import { exactTime, locale } from "../../ui/format";
import { saveFile } from "../../ui/saveFile";
import { useRows } from "../../ui/useRows";
import { AuditChain } from "./AuditChain";
import { type AuditFilter, NO_FILTER, query } from "./auditFilter";
import { useAttempt } from "./SignIn";

export interface AuditEntry {
  sequence: number;
  at: string;
  actor: string;
  role: string;
  address: string;
  action: string;
  object: string;
  result: "ok" | "refused" | "rejected" | "failed";
  facts: Record<string, unknown>;
  hash: string;
}

const RESULTS = ["ok", "refused", "rejected", "failed"] as const;
const COLOURS = { ok: "teal", refused: "red", rejected: "orange", failed: "red" };

/** The security officer's page: who did what, and whether the log is whole. */
export function Audit() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<AuditFilter>(NO_FILTER);
  const [asked] = useDebouncedValue(filter, 300);
  const [entries, setEntries] = useState<AuditEntry[] | null>(null);
  const [more, setMore] = useState(false);
  const { busy, fault, run } = useAttempt();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `run` is new each time and does not matter
  const load = useCallback(
    (known: AuditEntry[]) =>
      run(async () => {
        const before = known.at(-1)?.sequence ?? 0;
        const found = await api<{ entries: AuditEntry[]; more: boolean }>("GET", `/audit?${query(asked, before)}`);
        setEntries([...known, ...found.entries]);
        setMore(found.more);
      }),
    [asked],
  );
  useEffect(() => void load([]), [load]);
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t("people.audit.title")}
        </Title>
        <Group>
          <Export filter={filter} format="json" />
          <Export filter={filter} format="syslog" />
        </Group>
      </Group>
      <AuditChain ready={entries !== null || Boolean(fault)} />
      <Filters filter={filter} onChange={setFilter} />
      {fault && (
        <Alert variant="light" color="lacquer" role="alert">
          {fault}
        </Alert>
      )}
      {entries && <Entries entries={entries} />}
      {more && (
        <Button variant="light" loading={busy} onClick={() => void load(entries ?? [])} style={{ alignSelf: "center" }}>
          {t("people.audit.older")}
        </Button>
      )}
    </Stack>
  );
}

function Filters({ filter, onChange }: { filter: AuditFilter; onChange: (filter: AuditFilter) => void }) {
  const { t } = useTranslation();
  const date = (name: "since" | "until") => (
    <DateField
      withTime
      label={t(`people.audit.${name}`)}
      value={filter[name]}
      onChange={(value) => onChange({ ...filter, [name]: value })}
      style={{ flex: "1 1 190px" }}
    />
  );
  const field = (name: keyof AuditFilter) => (
    <TextInput
      label={t(`people.audit.${name}`)}
      value={filter[name]}
      onChange={(event) => onChange({ ...filter, [name]: event.currentTarget.value })}
      style={{ flex: "1 1 150px" }}
    />
  );
  const options = RESULTS.map((value) => ({ value, label: t(`people.audit.results.${value}`) }));
  return (
    <Card withBorder padding="md">
      <Group align="flex-end" gap="sm">
        {date("since")}
        {date("until")}
        {field("actor")}
        {field("object")}
        <NativeSelect
          label={t("people.audit.action")}
          value={filter.action}
          onChange={(event) => onChange({ ...filter, action: event.currentTarget.value })}
          data={[{ value: "", label: t("people.audit.all") }, ...useActions()]}
          style={{ flex: "1 1 150px" }}
        />
        <NativeSelect
          label={t("people.audit.result")}
          value={filter.result}
          onChange={(event) => onChange({ ...filter, result: event.currentTarget.value })}
          data={[{ value: "", label: t("people.audit.all") }, ...options]}
        />
      </Group>
    </Card>
  );
}

/** The actions that the texts name, in the order of the alphabet. */
function useActions() {
  const { t } = useTranslation();
  return useMemo(() => {
    const names = Object.entries(t("people.actions", { returnObjects: true }) as Record<string, string>);
    const order = new Intl.Collator(locale()).compare;
    return names.map(([value, label]) => ({ value, label })).sort((one, other) => order(one.label, other.label));
  }, [t]);
}

function Entries({ entries }: { entries: AuditEntry[] }) {
  const { t } = useTranslation();
  const shown = useRows(entries);
  if (!entries.length) return <Text>{t("people.audit.empty")}</Text>;
  const names = ["time", "actor", "action", "object", "result", "details", "address"];
  return (
    <Card withBorder padding={0}>
      <Table.ScrollContainer minWidth={1040}>
        <Table horizontalSpacing="md" highlightOnHover fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>#</Table.Th>
              {names.map((name) => (
                <Table.Th key={name}>{t(`people.audit.${name}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((entry) => (
              <Entry key={entry.sequence} entry={entry} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const facts = Object.entries(entry.facts).map(
    ([name, value]) => `${t(`people.audit.facts.${name}`, { defaultValue: name })}: ${String(value)}`,
  );
  return (
    <Table.Tr>
      <Table.Td c="dimmed">{entry.sequence}</Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{exactTime(entry.at)}</Table.Td>
      <Table.Td>
        {entry.actor || t("people.audit.unknown")}
        <Text size="xs" c="dimmed">
          {t(`people.role.${entry.role}`)}
        </Text>
      </Table.Td>
      <Table.Td>{t(`people.actions.${entry.action}`, { defaultValue: entry.action.replaceAll("_", " ") })}</Table.Td>
      <Table.Td style={{ wordBreak: "break-all" }}>
        <Code>{entry.object}</Code>
      </Table.Td>
      <Table.Td>
        <Badge variant="light" color={COLOURS[entry.result]} c="dark.8" tt="none" miw="max-content">
          {t(`people.audit.results.${entry.result}`)}
        </Badge>
      </Table.Td>
      <Table.Td style={{ wordBreak: "break-word" }}>{facts.join(" · ")}</Table.Td>
      <Table.Td>{entry.address}</Table.Td>
    </Table.Tr>
  );
}

function Export({ filter, format }: { filter: AuditFilter; format: "json" | "syslog" }) {
  const { t } = useTranslation();
  const { busy, run } = useAttempt();
  const save = () =>
    run(async () => {
      const answer = await request("GET", `/audit/export?format=${format}&${query(filter)}`);
      saveFile(await answer.blob(), `diemcau-audit.${format === "json" ? "jsonl" : "log"}`);
    });
  return (
    <Button variant="default" loading={busy} leftSection={<IconDownload size={18} />} onClick={() => void save()}>
      {t(format === "json" ? "people.audit.exportJson" : "people.audit.exportSyslog")}
    </Button>
  );
}
