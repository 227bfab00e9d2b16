import { Alert, Button, Container, Loader, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, Outlet } from "react-router";
import { api, setToken, takeTokenFromAddress, token } from "../api/client";
import { language, setLanguage } from "../i18n";

takeTokenFromAddress();

export function Shell() {
  const { t } = useTranslation();
  const [known, setKnown] = useState(token() !== null);
  return (
    <>
      <a className="skip" href="#main">
        {t("app.skip")}
      </a>
      <header className="top">
        <div className="top-inner">
          <NavLink to="/" className="brand">
            <img src="/mark.svg" alt="" width={40} height={40} />
            <div>
              <strong>{t("app.name")}</strong>
              <span>{t("app.tagline")}</span>
            </div>
          </NavLink>
          <nav>
            <NavLink to="/" end>
              {t("app.sessions")}
            </NavLink>
            <NavLink to="/recordings">{t("app.recordings")}</NavLink>
            <NavLink to="/readiness">{t("preflight.survey.nav")}</NavLink>
            <NavLink to="/simulate">{t("simulate.nav")}</NavLink>
          </nav>
          <Button
            variant="subtle"
            color="gray.2"
            onClick={() => setLanguage(language() === "vi" ? "en" : "vi")}
            lang={language() === "vi" ? "en" : "vi"}
          >
            {t("app.language")}
          </Button>
        </div>
      </header>
      <main id="main" className="page">
        <Suspense fallback={<Loader aria-label={t("app.loading")} />}>
          {known ? <Outlet /> : <SignIn onKnown={() => setKnown(true)} />}
        </Suspense>
      </main>
    </>
  );
}

function SignIn({ onKnown }: { onKnown: () => void }) {
  const { t } = useTranslation();
  const [value, setValue] = useState("");
  const [bad, setBad] = useState(false);
  const enter = async () => {
    setToken(value.trim());
    try {
      await api("GET", "/sessions");
      onKnown();
    } catch {
      setToken(null);
      setBad(true);
    }
  };
  return (
    <Container size="sm" mt={48}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <Stack>
          <Title order={1} size="h2">
            {t("signin.title")}
          </Title>
          <Text>{t("signin.text")}</Text>
          <PasswordInput
            label={t("signin.token")}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
            autoComplete="off"
          />
          {bad && (
            <Alert variant="light" color="lacquer">
              {t("signin.bad")}
            </Alert>
          )}
          <Button type="submit" disabled={!value.trim()}>
            {t("signin.enter")}
          </Button>
        </Stack>
      </form>
    </Container>
  );
}
