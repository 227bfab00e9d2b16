import { Suspense, use } from "react";
import { Navigate, Route, Routes } from "react-router";
import { HelpProvider } from "./pages/help/HelpDrawer";
import { ALONE, FRAMED, type Page } from "./routes";
import { Shell } from "./ui/Shell";

export function App() {
  return (
    <HelpProvider>
      <Routes>
        {ALONE.map((page) => (
          <Route
            key={page.path}
            path={page.path}
            element={
              <Suspense>
                <Shown page={page} />
              </Suspense>
            }
          />
        ))}
        <Route element={<Shell />}>
          {FRAMED.map((page) => (
            <Route key={page.path} path={page.path} element={<Shown page={page} />} />
          ))}
          <Route path="*" element={<Navigate to="/" replace />} />
        </Route>
      </Routes>
    </HelpProvider>
  );
}

/** A page whose code is there is shown at once: React holds back for 0.3 s what once stood behind a fallback. */
function Shown({ page }: { page: Page }) {
  const Content = page.component ?? use(page.fetch());
  return <Content />;
}
