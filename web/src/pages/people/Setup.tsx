import { Button, Card, Container, Loader, Text, TextInput, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api, setToken } from "../../api/client";
import { dateTime } from "../../ui/format";
import { HelpButton } from "../help/HelpButton";
import { NewPassword } from "./NewPassword";
import { Form, useAttempt } from "./SignIn";

interface SetupView {
  kind: "first_admin" | "invitation" | "reset";
  name: string;
  full_name: string;
  role: string;
  password_min: number;
  expires_at: string;
}

/** The one-time link's token: out of the address bar, so that nobody reads it over a shoulder or in the history. */
function takeToken(): string {
  const found = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  return found;
}

/** Where a one-time link leads: the first administrator's account, an invitation, or another password. */
export function Setup() {
  const { t } = useTranslation();
  const [token] = useState(takeToken);
  const [view, setView] = useState<SetupView | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  useEffect(() => {
    api<SetupView>("POST", "/setup/look", { token }).then(setView, (failure: Error) => setFault(failure.message));
  }, [token]);
  return (
    <Container component="main" size={560} py={48}>
      <Card withBorder padding="xl">
        {fault && <Whole title={t("people.setup.void")} text={fault} />}
        {done && <Whole title={t("people.setup.done")} text={t("people.setup.doneText")} />}
        {!view && !fault && <Loader aria-label={t("app.loading")} />}
        {view && !done && <Choose view={view} token={token} onDone={() => setDone(true)} />}
      </Card>
      <HelpButton />
    </Container>
  );
}

function Whole({ title, text }: { title: string; text: string }) {
  const { t } = useTranslation();
  return (
    <>
      <Title order={1} size="h2">
        {title}
      </Title>
      <Text my="md">{text}</Text>
      <Button component={Link} to="/">
        {t("people.setup.toSignIn")}
      </Button>
    </>
  );
}

function Choose({ view, token, onDone }: { view: SetupView; token: string; onDone: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const first = view.kind === "first_admin";
  const [name, setName] = useState(view.name);
  const [fullName, setFullName] = useState(view.full_name);
  const [password, setPassword] = useState("");
  const [repeat, setRepeat] = useState("");
  const { busy, fault, run } = useAttempt();
  const set = () =>
    run(async () => {
      const chosen = first ? { name, full_name: fullName } : {};
      const answer = await api<{ role?: string }>("POST", "/setup", { token, password, ...chosen });
      setToken(null);
      if (answer.role) await navigate("/", { replace: true });
      else onDone();
    });
  return (
    <Form title={t(`people.setup.${view.kind}`)} fault={fault} onSubmit={set}>
      <Text>{t(`people.setup.${view.kind}Text`)}</Text>
      <TextInput
        label={t("people.setup.name")}
        description={first ? t("people.setup.nameHint") : undefined}
        value={name}
        onChange={(event) => setName(event.currentTarget.value.toLowerCase())}
        readOnly={!first}
        autoComplete="username"
        required
      />
      {first ? (
        <TextInput
          label={t("people.setup.fullName")}
          value={fullName}
          onChange={(event) => setFullName(event.currentTarget.value)}
          autoComplete="name"
        />
      ) : (
        <Text size="sm" c="dimmed">
          {[view.full_name, t(`people.role.${view.role}`)].filter(Boolean).join(" · ")}
        </Text>
      )}
      <NewPassword
        password={password}
        repeat={repeat}
        minimum={view.password_min}
        onPassword={setPassword}
        onRepeat={setRepeat}
      />
      <Button type="submit" size="md" loading={busy} disabled={!name.trim() || !password || password !== repeat}>
        {t("people.setup.set")}
      </Button>
      <Text size="sm" c="dimmed">
        {t("people.setup.until", { time: dateTime(view.expires_at) })}
      </Text>
    </Form>
  );
}
