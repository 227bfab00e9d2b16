// Who the bearer is and how far each permission goes; pages ask it what to show. The server decides all the same.
import { createContext, useContext } from "react";

export interface Me {
  role: string;
  name: string;
  user_id: string | null;
  unit: string;
  permissions: Record<string, string>;
}

export const MeContext = createContext<Me | null>(null);

const READ_ONLY = ["read", "masked", "summary", "comment", "approve", "request", "by_invite"];

/** The bearer, with `may(permission)`: to do it, and `sees(permission)`: at least to look at it. */
export function useMe() {
  const me = useContext(MeContext);
  const extent = (permission: string) => me?.permissions[permission] ?? "none";
  return {
    me,
    extent,
    may: (permission: string) => extent(permission) !== "none" && !READ_ONLY.includes(extent(permission)),
    sees: (permission: string) => extent(permission) !== "none",
  };
}
