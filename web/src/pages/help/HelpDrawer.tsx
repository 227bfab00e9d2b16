import { createContext, lazy, type ReactNode, Suspense, useContext, useMemo, useState } from "react";
import { useLocation } from "react-router";

const HelpWindow = lazy(() => import("./HelpWindow").then((part) => ({ default: part.HelpWindow })));

/** Opens the help beside the page: on "chapter#anchor", or without one on the page that is open. */
type OpenHelp = (target?: string) => void;

const HelpContext = createContext<OpenHelp>(() => undefined);

export function useHelp(): OpenHelp {
  return useContext(HelpContext);
}

/** The help beside every page: what is being done there stays as it is. Its code comes when it is first opened. */
export function HelpProvider({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  const [wanted, setWanted] = useState<{ target: string; path: string; opened: boolean } | null>(null);
  const open = useMemo<OpenHelp>(
    () => (target) => setWanted({ target: target ?? "", path: pathname, opened: true }),
    [pathname],
  );
  return (
    <HelpContext.Provider value={open}>
      {children}
      <Suspense>
        {wanted && <HelpWindow {...wanted} onClose={() => setWanted({ ...wanted, opened: false })} />}
      </Suspense>
    </HelpContext.Provider>
  );
}
