import { Alert, Anchor, Button, Card, Group, Loader, Modal, Stack, Table, Text, Textarea, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useMe } from "../../api/me";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";

interface Version {
  id: string;
  kind: "noi_quy" | "quy_che";
  number: number;
  vi: string;
  en: string;
  author: string;
  at: string | null;
}

interface Rules {
  shown_as: string;
  noi_quy: { current: Version | null; older: Version[] };
  quy_che: { current: Version | null; older: Version[] };
}

const MOST = 20_000;

/** House rules and regulation, as endpoints are shown them: each save makes a version, earlier ones stay readable. */
export function RulesPage() {
  const { t } = useTranslation();
  const { data, error, reload } = useApi<Rules>("/rules");
  const [read, setRead] = useState<Version | null>(null);
  if (!data) return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  const open = async (version: Version) =>
    setRead(await api<Version>("GET", `/rules/${version.kind}/${version.number}`));
  return (
    <Stack gap="md">
      <div>
        <Title order={1} size="h2">
          {t("rules.title")}
        </Title>
        <Text c="dimmed">{t("rules.text")}</Text>
        <Text size="sm" data-testid="shown-as">
          {t("rules.shownAs", { version: data.shown_as })}
        </Text>
      </div>
      {(["noi_quy", "quy_che"] as const).map((kind) => (
        <Rule key={kind} kind={kind} rules={data[kind]} reload={reload} onRead={(version) => void open(version)} />
      ))}
      <Modal
        opened={read !== null}
        onClose={() => setRead(null)}
        size="lg"
        title={read && `${t(`rules.kind.${read.kind}`)} ${read.id}`}
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        {read && (
          <Stack gap="sm" data-testid="older-version">
            <Text size="sm" c="dimmed">
              {t("rules.by", { name: read.author, at: dateTime(read.at) })}
            </Text>
            <Text style={{ whiteSpace: "pre-line" }}>{read.vi}</Text>
            {read.en && (
              <Text lang="en" style={{ whiteSpace: "pre-line" }}>
                {read.en}
              </Text>
            )}
          </Stack>
        )}
      </Modal>
    </Stack>
  );
}

interface RuleProps {
  kind: Version["kind"];
  rules: { current: Version | null; older: Version[] };
  reload: () => Promise<void>;
  onRead: (version: Version) => void;
}

function Rule({ kind, rules, reload, onRead }: RuleProps) {
  const { t } = useTranslation();
  const { may } = useMe();
  const [editing, setEditing] = useState(false);
  const { current, older } = rules;
  return (
    <Card withBorder padding="md" data-testid={`rules-${kind}`}>
      <Stack gap="sm">
        <Group justify="space-between">
          <div>
            <Title order={2} size="h4">
              {t(`rules.kind.${kind}`)}
              {current && ` · ${current.id}`}
            </Title>
            <Text size="sm" c="dimmed">
              {current?.at
                ? t("rules.by", { name: current.author, at: dateTime(current.at) })
                : t(current ? "rules.shipped" : "rules.none")}
            </Text>
          </div>
          {may("manage_users") && !editing && (
            <Button variant="light" onClick={() => setEditing(true)} data-testid={`edit-${kind}`}>
              {t(current ? "rules.edit" : "rules.write")}
            </Button>
          )}
        </Group>
        {editing ? (
          <Edit
            kind={kind}
            current={current}
            onDone={() => {
              setEditing(false);
              void reload();
            }}
          />
        ) : (
          current && <Text style={{ whiteSpace: "pre-line" }}>{current.vi}</Text>
        )}
        {older.length > 0 && (
          <Text fw={600} size="sm">
            {t("rules.older")}
          </Text>
        )}
        {older.length > 0 && (
          <Table verticalSpacing={4} withRowBorders={false} aria-label={t("rules.older")}>
            <Table.Tbody>
              {older.map((each) => (
                <Table.Tr key={each.id}>
                  <Table.Td w={90}>
                    <Anchor
                      component="button"
                      underline="always"
                      onClick={() => onRead(each)}
                      data-testid={`read-${each.id}`}
                    >
                      {each.id}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{t("rules.by", { name: each.author, at: dateTime(each.at) })}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Stack>
    </Card>
  );
}

function Edit({ kind, current, onDone }: { kind: Version["kind"]; current: Version | null; onDone: () => void }) {
  const { t } = useTranslation();
  const [vi, setVi] = useState(current?.vi ?? "");
  const [en, setEn] = useState(current?.en ?? "");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    setProblem("");
    try {
      await api("POST", `/rules/${kind}`, { vi, en, after: current?.number ?? 0 });
      onDone();
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
      setBusy(false);
    }
  };
  const field = (name: "vi" | "en", value: string, set: (value: string) => void) => (
    <Textarea
      label={t(`rules.${name}`)}
      description={name === "en" ? t("rules.enHint") : undefined}
      required={name === "vi"}
      autosize
      minRows={5}
      maxRows={16}
      maxLength={MOST}
      value={value}
      onChange={(event) => set(event.currentTarget.value)}
      data-testid={`${kind}-${name}`}
    />
  );
  return (
    <Stack gap="sm">
      {field("vi", vi, setVi)}
      {field("en", en, setEn)}
      {problem && (
        <Alert variant="light" color="lacquer" role="alert">
          {problem}
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        {t("rules.saveText")}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {t("app.cancel")}
        </Button>
        <Button
          loading={busy}
          disabled={!vi.trim() || (vi === current?.vi && en === current.en)}
          onClick={() => void save()}
          data-testid={`save-${kind}`}
        >
          {t("rules.save")}
        </Button>
      </Group>
    </Stack>
  );
}
