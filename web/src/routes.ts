// Every page: its address, the code it needs and what it asks the server first. No page's code is loaded for another one.
import type { ComponentType } from "react";
import { todayInVietnam } from "./pages/papers/periods";

type Load = () => Promise<ComponentType>;

/** A page. ahead: what it asks the API as soon as it is there, word for word, so that this is asked while its code comes. */
export class Page {
  /** Its component, once its code is there. */
  component: ComponentType | null = null;
  private coming: Promise<ComponentType> | null = null;

  constructor(
    readonly path: string,
    private readonly load: Load,
    readonly ahead: readonly string[] = [],
  ) {}

  /** Loads its code, once; after a failure anew. */
  fetch(): Promise<ComponentType> {
    this.coming ??= this.load().then(
      (component) => {
        this.component = component;
        return component;
      },
      (failure: unknown) => {
        this.coming = null;
        throw failure;
      },
    );
    return this.coming;
  }
}

const page = (path: string, load: Load, ...ahead: string[]) => new Page(path, load, ahead);
const preflight = () => import("./pages/preflight");

/** Pages with a frame of their own, open to whom their link or nobody in particular brings. */
export const ALONE: readonly Page[] = [
  page("/join", () => import("./pages/JoinPage").then((file) => file.JoinPage)),
  page("/tv", () => import("./pages/TvPage").then((file) => file.TvPage)),
  page(
    "/lich-tiep-cong-dan",
    () => import("./pages/publicSchedule/PublicSchedule").then((file) => file.PublicSchedule),
    "/public/schedule",
  ),
  page("/invitation", () => import("./pages/invitation/InvitationPage").then((file) => file.InvitationPage)),
  page("/setup", () => import("./pages/people/Setup").then((file) => file.Setup)),
  page("/survey", () => import("./pages/preflight/Survey").then((file) => file.Survey)),
  page("/help", () => import("./pages/help/HelpPage").then((file) => file.HelpPage), "/help?lang=:lang"),
  page(
    "/help/:chapter",
    () => import("./pages/help/HelpPage").then((file) => file.HelpPage),
    "/help?lang=:lang",
    "/help/chapters/:chapter?lang=:lang",
  ),
];

/** Pages in the frame of who signed in. Where two fit an address, the first is it. */
export const FRAMED: readonly Page[] = [
  page(
    "/",
    () => import("./pages/sessions/SessionList").then((file) => file.SessionList),
    "/sessions?day=today&order=planned&limit=25&offset=0&q=",
  ),
  page("/sessions/new", () => import("./pages/sessions/SessionForm").then((file) => file.SessionForm), "/profiles"),
  page(
    "/sessions/:id/edit",
    () => import("./pages/sessions/SessionForm").then((file) => file.SessionForm),
    "/sessions/:id",
    "/sessions/:id/script",
    "/profiles",
  ),
  page(
    "/sessions/:id/prepare",
    () => import("./pages/sessions/Prepare").then((file) => file.Prepare),
    "/sessions/:id",
    "/sessions/:id/course",
  ),
  page(
    "/registry",
    () => import("./pages/registry/Registry").then((file) => file.Registry),
    "/registry?q=&level=&limit=50&offset=0",
  ),
  page("/sessions/:id", () => import("./pages/LiveSession").then((file) => file.LiveSession), "/sessions/:id"),
  page(
    "/sessions/:id/secretary",
    () => import("./pages/secretary/SecretaryPage").then((file) => file.SecretaryPage),
    "/sessions/:id",
    "/sessions/:id/case",
  ),
  page(
    "/sessions/:id/receipt/:document",
    () => import("./pages/documents/Receipt").then((file) => file.Receipt),
    "/sessions/:id",
    "/sessions/:id/documents",
  ),
  page("/sessions/:id/preflight", () => preflight().then((file) => file.Panel), "/sessions/:id/preflight"),
  page("/sessions/:id/preflight/print", () => preflight().then((file) => file.PrintRecord), "/sessions/:id/preflight"),
  page(
    "/sessions/:id/incidents/:incident/violation",
    () => import("./pages/console/ViolationRecord").then((file) => file.ViolationRecord),
    "/sessions/:id",
    "/sessions/:id/watch",
  ),
  page(
    "/sessions/:id/papers",
    () => import("./pages/papers/SessionPapers").then((file) => file.SessionPapers),
    "/sessions/:id",
    "/sessions/:id/papers",
  ),
  page(
    "/reports",
    () => import("./pages/papers/Reports").then((file) => file.Reports),
    "/reports/statistics?from=:year-01-01&to=:year-12-31",
  ),
  page("/paper-templates", () => import("./pages/papers/Templates").then((file) => file.Templates), "/paper-templates"),
  page(
    "/sessions/:id/endpoints/:eid/invitation",
    () => import("./pages/invitation/PrintLetter").then((file) => file.PrintLetter),
    "/sessions/:id/endpoints/:eid/invitation",
  ),
  page(
    "/sessions/:id/archive",
    () => import("./pages/archive/ArchivePage").then((file) => file.ArchivePage),
    "/sessions/:id/archive",
  ),
  page("/rules", () => import("./pages/rules/RulesPage").then((file) => file.RulesPage), "/rules"),
  page("/exports", () => import("./pages/exports/ExportsPage").then((file) => file.ExportsPage)),
  page(
    "/search",
    () => import("./pages/search/SearchPage").then((file) => file.SearchPage),
    "/search?offset=0&limit=20",
  ),
  page(
    "/destructions/:id",
    () => import("./pages/archive/DestructionRecord").then((file) => file.DestructionRecord),
    "/storage/destructions",
  ),
  page("/readiness", () => preflight().then((file) => file.Readiness), "/readiness"),
  page("/readiness/print", () => preflight().then((file) => file.PrintSurvey)),
  page("/simulate", () => import("./pages/Simulate").then((file) => file.Simulate), "/profiles"),
  page("/storage", () => import("./pages/storage/StoragePage").then((file) => file.StoragePage), "/storage"),
  page("/recordings", () => import("./pages/Recordings").then((file) => file.Recordings), "/recordings?limit=50"),
  page("/recordings/:id", () => import("./pages/Playback").then((file) => file.Playback), "/recordings/:id"),
  page("/users", () => import("./pages/people/Users").then((file) => file.Users), "/users"),
  page("/audit", () => import("./pages/people/Audit").then((file) => file.Audit), "/audit?"),
  page("/account", () => import("./pages/people/Account").then((file) => file.Account), "/account"),
];

/** The parameters of an address that fits the path of a page; null: it does not. */
export function parametersOf(path: string, address: string): Record<string, string> | null {
  const wanted = path.split("/").filter(Boolean);
  const given = address.split("/").filter(Boolean);
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    const value = given[index] ?? "";
    if (name.startsWith(":")) found[name.slice(1)] = value;
    else if (name !== value) return null;
  }
  return found;
}

export interface First {
  page: Page;
  /** Whether it stands in the frame of who signed in. */
  framed: boolean;
  /** What the server is asked at once. */
  ahead: string[];
}

/** The page of an address and what it asks first; null: there is none. */
export function pageAt(address: { pathname: string; search: string }, language: string): First | null {
  for (const page of [...ALONE, ...FRAMED]) {
    const parameters = parametersOf(page.path, address.pathname);
    if (!parameters) continue;
    const year = todayInVietnam().slice(0, 4);
    const values: Record<string, string> = { ...parameters, lang: language, year };
    const own = page.ahead.map((path) => path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? ""));
    const framed = FRAMED.includes(page);
    // What stands in an address behind "?" chooses what a page asks.
    return { page, framed, ahead: [...(framed ? ["/me"] : []), ...(address.search ? [] : own)] };
  }
  return null;
}
