import { Alert, Anchor, Button, Card, Container, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api, setToken } from "../../api/client";

interface Props {
  /** It was signed in before. */
  again: boolean;
  onKnown: () => void;
}

/** By name and password, or by the token of the server's link. */
export function SignIn({ again, onKnown }: Props) {
  const { t } = useTranslation();
  const [byToken, setByToken] = useState(false);
  return (
    <Container size={460} mt={40}>
      <Card withBorder padding="xl">
        {again && (
          <Alert variant="light" color="yellow" mb="md">
            {t("people.signIn.again")}
          </Alert>
        )}
        {byToken ? <ByToken onKnown={onKnown} /> : <ByName onKnown={onKnown} />}
        <Anchor component="button" type="button" mt="lg" size="sm" onClick={() => setByToken(!byToken)}>
          {t(byToken ? "people.signIn.withName" : "people.signIn.withToken")}
        </Anchor>
      </Card>
    </Container>
  );
}

function ByName({ onKnown }: { onKnown: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asked, setAsked] = useState(false);
  const { busy, fault, run } = useAttempt();
  const enter = () =>
    run(async () => {
      try {
        await api("POST", "/login", { name, password, code });
        onKnown();
      } catch (failure) {
        if (!(failure instanceof ApiError) || failure.code !== "code_needed") throw failure;
        setAsked(true);
      }
    });
  return (
    <Form title={t("people.signIn.title")} fault={fault} onSubmit={enter}>
      <TextInput
        label={t("people.signIn.name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="username"
        autoCapitalize="none"
        autoFocus
        required
      />
      <PasswordInput
        label={t("people.signIn.password")}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="current-password"
        required
      />
      {asked && (
        <TextInput
          label={t("people.signIn.code")}
          description={t("people.signIn.codeHint")}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoComplete="one-time-code"
          inputMode="text"
          autoFocus
          required
        />
      )}
      <Button type="submit" size="md" loading={busy} disabled={!name.trim() || !password || (asked && !code.trim())}>
        {t("people.signIn.enter")}
      </Button>
      <Text size="sm" c="dimmed">
        {t("people.signIn.forgotten")}
      </Text>
    </Form>
  );
}

function ByToken({ onKnown }: { onKnown: () => void }) {
  const { t } = useTranslation();
  const [value, setValue] = useState("");
  const { busy, fault, run } = useAttempt();
  const enter = () =>
    run(async () => {
      setToken(value.trim().replace(/^.*#token=/, ""));
      try {
        await api("GET", "/me");
      } catch (failure) {
        setToken(null);
        throw failure instanceof ApiError ? new Error(t("signin.bad")) : failure;
      }
      onKnown();
    });
  return (
    <Form title={t("signin.title")} fault={fault} onSubmit={enter}>
      <Text>{t("signin.text")}</Text>
      <PasswordInput
        label={t("signin.token")}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        autoComplete="off"
      />
      <Button type="submit" size="md" loading={busy} disabled={!value.trim()}>
        {t("signin.enter")}
      </Button>
    </Form>
  );
}

/** One attempt at a time; what went wrong with the last one. */
export function useAttempt() {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setFault(null);
    try {
      await work();
    } catch (failure) {
      setFault(failure instanceof Error ? failure.message : String(failure));
    }
    setBusy(false);
  };
  return { busy, fault, run };
}

interface FormProps {
  title: string;
  fault: string | null;
  onSubmit: () => Promise<void>;
  children: ReactNode;
}

export function Form({ title, fault, onSubmit, children }: FormProps) {
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void onSubmit();
      }}
    >
      <Stack>
        <Title order={1} size="h2">
          {title}
        </Title>
        {children}
        {fault && (
          <Alert variant="light" color="lacquer" role="alert">
            {fault}
          </Alert>
        )}
      </Stack>
    </form>
  );
}
