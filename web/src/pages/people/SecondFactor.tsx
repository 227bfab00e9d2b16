import { Alert, Button, Card, Code, CopyButton, Group, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import type { AccountView } from "./Account";
import { useAttempt } from "./SignIn";

interface Secret {
  secret: string;
  uri: string;
  qr: string;
}

/** Setting a second factor, other recovery codes, taking it off. */
export function SecondFactor({ view, onChanged }: { view: AccountView; onChanged: () => Promise<void> }) {
  const { t } = useTranslation();
  const [secret, setSecret] = useState<Secret | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const { busy, fault, run } = useAttempt();
  const confirm = (path: string) => (code: string) =>
    run(async () => {
      setCodes((await api<{ codes: string[] }>("POST", path, { code })).codes);
      setSecret(null);
    });
  const remove = (code: string) =>
    run(async () => {
      await api("POST", "/account/second-factor/remove", { code });
      await onChanged();
    });
  return (
    <Card withBorder padding="lg">
      <Stack>
        <Title order={2} size="h4">
          {t("people.account.factor")}
        </Title>
        {codes ? (
          <Codes
            codes={codes}
            onSaved={() => {
              setCodes(null);
              void onChanged();
            }}
          />
        ) : secret ? (
          <Scan secret={secret} busy={busy} onCode={confirm("/account/second-factor/confirm")} />
        ) : view.second_factor ? (
          <On view={view} busy={busy} onRenew={confirm("/account/recovery-codes")} onRemove={remove} />
        ) : (
          <>
            <Text>{t("people.account.factorOff")}</Text>
            <Button
              loading={busy}
              style={{ alignSelf: "flex-start" }}
              onClick={() => void run(async () => setSecret(await api<Secret>("POST", "/account/second-factor")))}
            >
              {t("people.account.begin")}
            </Button>
          </>
        )}
        {fault && (
          <Alert variant="light" color="lacquer" role="alert">
            {fault}
          </Alert>
        )}
      </Stack>
    </Card>
  );
}

function Scan({ secret, busy, onCode }: { secret: Secret; busy: boolean; onCode: (code: string) => Promise<void> }) {
  const { t } = useTranslation();
  return (
    <Group align="flex-start" gap="xl" wrap="nowrap">
      <img src={secret.qr} alt={t("people.account.qr")} width={232} height={232} className="qr" />
      <Stack style={{ flex: 1 }}>
        <Text>{t("people.account.scan")}</Text>
        <div>
          <Text size="sm">{t("people.account.secret")}</Text>
          <Code fz="md" data-testid="totp-secret">
            {secret.secret.replace(/(.{4})(?=.)/g, "$1 ")}
          </Code>
        </div>
        <CodeForm label={t("people.account.code")} action={t("people.account.confirm")} busy={busy} onCode={onCode} />
      </Stack>
    </Group>
  );
}

interface CodeProps {
  label: string;
  action: string;
  busy: boolean;
  onCode: (code: string) => Promise<void>;
}

function CodeForm({ label, action, busy, onCode }: CodeProps) {
  const [code, setCode] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void onCode(code).then(() => setCode(""));
      }}
    >
      <Group align="flex-end">
        <TextInput
          label={label}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoComplete="one-time-code"
          inputMode="numeric"
          required
        />
        <Button type="submit" loading={busy} disabled={!code.trim()}>
          {action}
        </Button>
      </Group>
    </form>
  );
}

interface OnProps {
  view: AccountView;
  busy: boolean;
  onRenew: (code: string) => Promise<void>;
  onRemove: (code: string) => Promise<void>;
}

function On({ view, busy, onRenew, onRemove }: OnProps) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<"renew" | "remove" | null>(null);
  const off = t(view.second_factor_needed ? "people.account.removeNeeded" : "people.account.remove");
  return (
    <>
      <Text>{t("people.account.factorOn", { count: view.recovery_codes })}</Text>
      {asked ? (
        <CodeForm
          label={t("people.account.codeFor")}
          action={asked === "renew" ? t("people.account.renewCodes") : off}
          busy={busy}
          onCode={asked === "renew" ? onRenew : onRemove}
        />
      ) : (
        <Group>
          <Button variant="light" onClick={() => setAsked("renew")}>
            {t("people.account.renewCodes")}
          </Button>
          <Button variant="default" onClick={() => setAsked("remove")}>
            {off}
          </Button>
        </Group>
      )}
    </>
  );
}

function Codes({ codes, onSaved }: { codes: string[]; onSaved: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Text fw={600}>{t("people.account.codes")}</Text>
      <Text>{t("people.account.codesText")}</Text>
      <SimpleGrid cols={2} spacing="xs" data-testid="recovery-codes">
        {codes.map((code) => (
          <Code key={code} fz="md">
            {code}
          </Code>
        ))}
      </SimpleGrid>
      <Group>
        <CopyButton value={codes.join("\n")}>
          {({ copied, copy }) => (
            <Button variant="light" onClick={copy}>
              {t(copied ? "app.copied" : "people.account.copy")}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onSaved}>{t("people.account.saved")}</Button>
      </Group>
    </>
  );
}
