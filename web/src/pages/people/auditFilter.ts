// What the audit log is filtered by: times as people here write them, told to the server in UTC.
export interface AuditFilter {
  since: string;
  until: string;
  actor: string;
  action: string;
  object: string;
  result: string;
}

export const NO_FILTER: AuditFilter = { since: "", until: "", actor: "", action: "", object: "", result: "" };

/** "2026-11-30T15:00" of Việt Nam (UTC+7, no summer time) as UTC. */
export function toUtc(local: string): string {
  if (!local) return "";
  const at = new Date(`${local.length === 16 ? `${local}:00` : local}+07:00`);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}

/** The query of the API; `before`: only entries older than this number. */
export function query(filter: AuditFilter, before = 0): string {
  const values = { ...filter, since: toUtc(filter.since), until: toUtc(filter.until) };
  const given = Object.entries(values).filter(([, value]) => value);
  return new URLSearchParams([...given, ...(before ? [["before", String(before)]] : [])] as string[][]).toString();
}
