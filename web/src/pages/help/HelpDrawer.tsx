import { Drawer } from "@mantine/core";
import { createContext, lazy, type ReactNode, Suspense, useContext, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";

const HelpPanel = lazy(() => import("./HelpPanel").then((part) => ({ default: part.HelpPanel })));

/** Opens the help beside the page: on "chapter#anchor", or without one on the page that is open. */
type OpenHelp = (target?: string) => void;

const HelpContext = createContext<OpenHelp>(() => undefined);

export function useHelp(): OpenHelp {
  return useContext(HelpContext);
}

/** The help beside every page: what is being done there stays as it is. */
export function HelpProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const [opened, setOpened] = useState<{ target: string; path: string } | null>(null);
  const open = useMemo<OpenHelp>(() => (target) => setOpened({ target: target ?? "", path: pathname }), [pathname]);
  return (
    <HelpContext.Provider value={open}>
      {children}
      <Drawer
        opened={opened !== null}
        onClose={() => setOpened(null)}
        position="right"
        size={680}
        zIndex={400}
        title={t("help.title")}
        overlayProps={{ backgroundOpacity: 0.15 }}
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <Suspense>
          {opened && <HelpPanel key={opened.path + opened.target} start={opened.target} path={opened.path} />}
        </Suspense>
      </Drawer>
    </HelpContext.Provider>
  );
}
