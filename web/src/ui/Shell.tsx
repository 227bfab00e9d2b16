import { Alert, Button, Loader, Menu } from "@mantine/core";
import { IconChevronDown, IconUser } from "@tabler/icons-react";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, NavLink, Outlet } from "react-router";
import { ApiError, answered, api, SIGNED_OUT, setToken, takeTokenFromAddress, token } from "../api/client";
import { type Me, MeContext } from "../api/me";
import { language, setLanguage } from "../i18n";
import { HelpButton } from "../pages/help/HelpButton";
import { HelpProvider } from "../pages/help/HelpDrawer";
import { SignIn } from "../pages/people/SignIn";
import { NAV } from "./nav";

const Account = lazy(() => import("../pages/people/Account").then((file) => ({ default: file.Account })));

takeTokenFromAddress();

type Bearer = Me & { pending: string };
type Known = { state: "loading" | "out" | "again" | "lost" } | { state: "in"; me: Me; pending: string };

/** Who is there: asked at the start and whenever the server says that it is nobody any more. */
function useKnown() {
  const [known, setKnown] = useState<Known>(() => {
    const me = answered<Bearer>("/me");
    return me ? { state: "in", me, pending: me.pending } : { state: "loading" };
  });
  const fresh = useRef(known.state === "in");
  const ask = useCallback(async () => {
    try {
      const me = await api<Bearer>("GET", "/me");
      setKnown({ state: "in", me, pending: me.pending });
    } catch (failure) {
      if (!(failure instanceof ApiError)) setKnown({ state: "lost" });
      else {
        setKnown((before) => ({ state: before.state === "in" || token() ? "again" : "out" }));
        setToken(null);
      }
    }
  }, []);
  useEffect(() => {
    if (!fresh.current) void ask();
    fresh.current = false;
    let asking = false;
    const told = () => {
      if (asking) return; // by /me itself, or by several at once
      asking = true;
      void ask().finally(() => {
        asking = false;
      });
    };
    window.addEventListener(SIGNED_OUT, told);
    return () => window.removeEventListener(SIGNED_OUT, told);
  }, [ask]);
  return { known, setKnown, ask };
}

export function Shell() {
  const { t } = useTranslation();
  const { known, setKnown, ask } = useKnown();
  const me = known.state === "in" ? known.me : null;
  const signOut = async () => {
    await api("POST", "/logout").catch(() => undefined);
    setToken(null);
    setKnown({ state: "out" });
  };
  return (
    <MeContext.Provider value={me}>
      <HelpProvider>
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
            <nav>{known.state === "in" && !known.pending && <Pages me={known.me} />}</nav>
            <HelpButton head target={known.state === "out" || known.state === "again" ? "dang-nhap" : undefined} />
            {me && <AccountMenu me={me} signOut={() => void signOut()} />}
            <Button
              variant="subtle"
              color="gray.2"
              onClick={() => void setLanguage(language() === "vi" ? "en" : "vi")}
              lang={language() === "vi" ? "en" : "vi"}
            >
              {t("app.language")}
            </Button>
          </div>
        </header>
        <main id="main" className="page">
          <Suspense fallback={<Loader aria-label={t("app.loading")} />}>
            <Content known={known} ask={() => void ask()} />
          </Suspense>
        </main>
      </HelpProvider>
    </MeContext.Provider>
  );
}

function Content({ known, ask }: { known: Known; ask: () => void }) {
  const { t } = useTranslation();
  if (known.state === "loading") return <Loader aria-label={t("app.loading")} />;
  if (known.state === "lost")
    return (
      <Alert variant="light" color="lacquer">
        {t("app.serverLost")}{" "}
        <Button variant="light" size="xs" onClick={ask}>
          {t("app.retry")}
        </Button>
      </Alert>
    );
  if (known.state !== "in") return <SignIn again={known.state === "again"} onKnown={ask} />;
  return known.pending ? <Account pending={known.pending} onDone={ask} /> : <Outlet />;
}

function Pages({ me }: { me: Me }) {
  const { t } = useTranslation();
  const shown = NAV.filter((item) => {
    const extent = me.permissions[item.permission];
    return extent !== undefined && !item.not?.includes(extent);
  });
  return shown.map((item) => (
    <NavLink key={item.to} to={item.to} end={item.end ?? false}>
      {t(item.text)}
    </NavLink>
  ));
}

function AccountMenu({ me, signOut }: { me: Me; signOut: () => void }) {
  const { t } = useTranslation();
  const role = t(`people.role.${me.role}`);
  const name = me.name || role;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray.2"
          leftSection={<IconUser size={18} />}
          rightSection={<IconChevronDown size={16} />}
          aria-label={t("people.nav.menu", { name })}
          data-testid="account-menu"
        >
          <span className="who">{name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.unit ? `${role} · ${me.unit}` : role}</Menu.Label>
        {me.user_id && (
          <Menu.Item component={Link} to="/account">
            {t("people.nav.account")}
          </Menu.Item>
        )}
        <Menu.Item onClick={signOut} data-testid="sign-out">
          {t("people.nav.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
