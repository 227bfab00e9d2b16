import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import { language, setLanguage } from "../../i18n";
import { HelpPanel } from "./HelpPanel";

/** The help as a page of its own, open to everybody: /help, /help/CHAPTER#ANCHOR. */
export function HelpPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { chapter = "" } = useParams();
  const { pathname, hash } = useLocation();
  const start = chapter ? `${chapter}${hash}` : "";
  return (
    <>
      <a className="skip" href="#main">
        {t("app.skip")}
      </a>
      <header className="top">
        <div className="top-inner">
          <Link to="/" className="brand">
            <img src="/mark.svg" alt="" width={40} height={40} />
            <div>
              <strong>{t("app.name")}</strong>
              <span>{t("help.title")}</span>
            </div>
          </Link>
          <nav />
          <Button component={Link} to="/" variant="subtle" color="gray.2">
            {t("help.toApp")}
          </Button>
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
        <h1 className="help-page-title">{t("help.title")}</h1>
        <HelpPanel
          key={start}
          start={start}
          path={pathname}
          wide
          onTarget={(target) => navigate(`/help/${target.chapter}${target.anchor ? `#${target.anchor}` : ""}`)}
        />
      </main>
    </>
  );
}
