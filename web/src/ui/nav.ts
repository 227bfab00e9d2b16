/** The pages of the head line: each is shown to who has its permission. */
export interface NavItem {
  to: string;
  text: string;
  permission: string;
  /** Extents of the permission that are not enough. */
  not?: string[];
  end?: boolean;
}

export const NAV: NavItem[] = [
  { to: "/", text: "app.sessions", permission: "view_sessions", end: true },
  { to: "/recordings", text: "app.recordings", permission: "view_recordings" },
  { to: "/reports", text: "papers.nav", permission: "view_sessions", not: ["own"] },
  { to: "/search", text: "search.nav", permission: "view_sessions", not: ["own"] },
  { to: "/exports", text: "exports.nav", permission: "ask_recording" },
  { to: "/registry", text: "registry.nav", permission: "register_endpoints", not: ["own"] },
  { to: "/storage", text: "storage.nav", permission: "storage" },
  { to: "/readiness", text: "preflight.survey.nav", permission: "register_endpoints", not: ["own"] },
  { to: "/simulate", text: "simulate.nav", permission: "view_lines" },
  { to: "/users", text: "people.nav.users", permission: "manage_users" },
  { to: "/audit", text: "people.nav.audit", permission: "read_audit", not: ["summary"] },
];
