import { Alert, Button, Card, Code, Group, Loader, Text, TextInput, Title } from "@mantine/core";
import { IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { locale } from "../../ui/format";

interface Verdict {
  whole: boolean;
  entries: number;
  head: string;
  faults: { kind: string; sequence: number }[];
}

/** Whether the log is whole, and the newest hash to be kept elsewhere. ready: the entries are there, which come first. */
export function AuditChain({ ready }: { ready: boolean }) {
  const { t } = useTranslation();
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [fault, setFault] = useState("");
  const [known, setKnown] = useState("");
  const check = (head: string) => {
    setVerdict(null);
    api<Verdict>("GET", `/audit/verify?head=${encodeURIComponent(head)}`).then(setVerdict, (failure: Error) =>
      setFault(failure.message),
    );
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    if (ready) check("");
  }, [ready]);
  return (
    <Card withBorder padding="md">
      <Group align="flex-start" justify="space-between" gap="xl">
        <div style={{ flex: "1 1 480px" }}>
          <Title order={2} size="h4">
            {t("people.audit.chain")}
          </Title>
          {fault && <Alert color="lacquer">{fault}</Alert>}
          {!verdict && !fault && (
            <Group gap="xs" mt="xs">
              <Loader size="sm" aria-label={t("people.audit.checking")} />
              <Text>{t("people.audit.checking")}</Text>
            </Group>
          )}
          {verdict && <Outcome verdict={verdict} />}
        </div>
        <form
          style={{ flex: "1 1 360px" }}
          onSubmit={(event) => {
            event.preventDefault();
            check(known.trim());
          }}
        >
          <Group align="flex-end" wrap="nowrap">
            <TextInput
              label={t("people.audit.known")}
              description={t("people.audit.headHint")}
              value={known}
              onChange={(event) => setKnown(event.currentTarget.value)}
              style={{ flex: 1 }}
            />
            <Button type="submit" variant="light">
              {t("people.audit.check")}
            </Button>
          </Group>
        </form>
      </Group>
    </Card>
  );
}

function Outcome({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation();
  const Icon = verdict.whole ? IconShieldCheck : IconShieldX;
  const count = verdict.entries.toLocaleString(locale());
  return (
    <div data-testid="chain">
      <Group gap="xs" mt="xs" wrap="nowrap" c={verdict.whole ? "teal.9" : "red.8"}>
        <Icon size={24} aria-hidden />
        <Text fw={600}>{verdict.whole ? t("people.audit.whole", { count }) : t("people.audit.broken")}</Text>
      </Group>
      {verdict.faults.map((each) => (
        <Text key={`${each.kind}${each.sequence}`} c="red.8">
          {t(`people.audit.fault.${each.kind}`, { n: each.sequence || t("people.audit.gone") })}
        </Text>
      ))}
      <Text size="sm" c="dimmed" mt={6}>
        {t("people.audit.head")}: <Code style={{ wordBreak: "break-all" }}>{verdict.head}</Code>
      </Text>
    </div>
  );
}
