import { lazy, Suspense } from "react";
import { Navigate, Route, Routes } from "react-router";
import { HelpProvider } from "./pages/help/HelpDrawer";
import { JoinPage } from "./pages/JoinPage";
import { LiveSession } from "./pages/LiveSession";
import { Playback } from "./pages/Playback";
import { Setup } from "./pages/people/Setup";
import { Survey } from "./pages/preflight/Survey";
import { Recordings } from "./pages/Recordings";
import { Prepare } from "./pages/sessions/Prepare";
import { SessionForm } from "./pages/sessions/SessionForm";
import { SessionList } from "./pages/sessions/SessionList";
import { Shell } from "./ui/Shell";

const TvPage = lazy(() => import("./pages/TvPage").then((page) => ({ default: page.TvPage })));
const Registry = lazy(() => import("./pages/registry/Registry").then((page) => ({ default: page.Registry })));
const StoragePage = lazy(() => import("./pages/storage/StoragePage").then((page) => ({ default: page.StoragePage })));
const Account = lazy(() => import("./pages/people/Account").then((page) => ({ default: page.Account })));
const Audit = lazy(() => import("./pages/people/Audit").then((page) => ({ default: page.Audit })));
const Users = lazy(() => import("./pages/people/Users").then((page) => ({ default: page.Users })));
const ViolationRecord = lazy(() =>
  import("./pages/console/ViolationRecord").then((page) => ({ default: page.ViolationRecord })),
);
const SecretaryPage = lazy(() =>
  import("./pages/secretary/SecretaryPage").then((page) => ({ default: page.SecretaryPage })),
);
const Receipt = lazy(() => import("./pages/documents/Receipt").then((page) => ({ default: page.Receipt })));
const preflight = () => import("./pages/preflight");
const Panel = lazy(() => preflight().then((pages) => ({ default: pages.Panel })));
const PrintRecord = lazy(() => preflight().then((pages) => ({ default: pages.PrintRecord })));
const PrintSurvey = lazy(() => preflight().then((pages) => ({ default: pages.PrintSurvey })));
const Readiness = lazy(() => preflight().then((pages) => ({ default: pages.Readiness })));
const SessionPapers = lazy(() =>
  import("./pages/papers/SessionPapers").then((page) => ({ default: page.SessionPapers })),
);
const Templates = lazy(() => import("./pages/papers/Templates").then((page) => ({ default: page.Templates })));
const Reports = lazy(() => import("./pages/papers/Reports").then((page) => ({ default: page.Reports })));
const ArchivePage = lazy(() => import("./pages/archive/ArchivePage").then((page) => ({ default: page.ArchivePage })));
const DestructionRecord = lazy(() =>
  import("./pages/archive/DestructionRecord").then((page) => ({ default: page.DestructionRecord })),
);
const PublicSchedule = lazy(() =>
  import("./pages/publicSchedule/PublicSchedule").then((page) => ({ default: page.PublicSchedule })),
);
const InvitationPage = lazy(() =>
  import("./pages/invitation/InvitationPage").then((page) => ({ default: page.InvitationPage })),
);
const PrintLetter = lazy(() =>
  import("./pages/invitation/PrintLetter").then((page) => ({ default: page.PrintLetter })),
);
const RulesPage = lazy(() => import("./pages/rules/RulesPage").then((page) => ({ default: page.RulesPage })));
const ExportsPage = lazy(() => import("./pages/exports/ExportsPage").then((page) => ({ default: page.ExportsPage })));
const SearchPage = lazy(() => import("./pages/search/SearchPage").then((page) => ({ default: page.SearchPage })));
const HelpPage = lazy(() => import("./pages/help/HelpPage").then((page) => ({ default: page.HelpPage })));
const Simulate = lazy(() => import("./pages/Simulate").then((page) => ({ default: page.Simulate })));

export function App() {
  return (
    <HelpProvider>
      <Pages />
    </HelpProvider>
  );
}

function Pages() {
  const help = (
    <Suspense>
      <HelpPage />
    </Suspense>
  );
  return (
    <Routes>
      <Route path="/join" element={<JoinPage />} />
      <Route
        path="/tv"
        element={
          <Suspense>
            <TvPage />
          </Suspense>
        }
      />
      <Route
        path="/lich-tiep-cong-dan"
        element={
          <Suspense>
            <PublicSchedule />
          </Suspense>
        }
      />
      <Route
        path="/invitation"
        element={
          <Suspense>
            <InvitationPage />
          </Suspense>
        }
      />
      <Route path="/setup" element={<Setup />} />
      <Route path="/survey" element={<Survey />} />
      <Route path="/help" element={help} />
      <Route path="/help/:chapter" element={help} />
      <Route element={<Shell />}>
        <Route path="/" element={<SessionList />} />
        <Route path="/sessions/new" element={<SessionForm />} />
        <Route path="/sessions/:id/edit" element={<SessionForm />} />
        <Route path="/sessions/:id/prepare" element={<Prepare />} />
        <Route path="/registry" element={<Registry />} />
        <Route path="/sessions/:id" element={<LiveSession />} />
        <Route path="/sessions/:id/secretary" element={<SecretaryPage />} />
        <Route path="/sessions/:id/receipt/:document" element={<Receipt />} />
        <Route path="/sessions/:id/preflight" element={<Panel />} />
        <Route path="/sessions/:id/preflight/print" element={<PrintRecord />} />
        <Route path="/sessions/:id/incidents/:incident/violation" element={<ViolationRecord />} />
        <Route path="/sessions/:id/papers" element={<SessionPapers />} />
        <Route path="/reports" element={<Reports />} />
        <Route path="/paper-templates" element={<Templates />} />
        <Route path="/sessions/:id/endpoints/:eid/invitation" element={<PrintLetter />} />
        <Route path="/sessions/:id/archive" element={<ArchivePage />} />
        <Route path="/rules" element={<RulesPage />} />
        <Route path="/exports" element={<ExportsPage />} />
        <Route path="/search" element={<SearchPage />} />
        <Route path="/destructions/:id" element={<DestructionRecord />} />
        <Route path="/readiness" element={<Readiness />} />
        <Route path="/readiness/print" element={<PrintSurvey />} />
        <Route path="/simulate" element={<Simulate />} />
        <Route path="/storage" element={<StoragePage />} />
        <Route path="/recordings" element={<Recordings />} />
        <Route path="/recordings/:id" element={<Playback />} />
        <Route path="/users" element={<Users />} />
        <Route path="/audit" element={<Audit />} />
        <Route path="/account" element={<Account />} />
        <Route path="*" element={<Navigate to="/" replace />} />
      </Route>
    </Routes>
  );
}
