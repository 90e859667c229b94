import { useQuery } from "@tanstack/react-query";

import { me } from "./queries";
import type { components } from "./schema.gen";

export type Permission = components["schemas"]["Me"]["permissions"][number];

/** Whether the one who is signed in may do something. What they may not do is not shown; the server refuses it anyway. */
export function useMay(permission: Permission): boolean {
  return useQuery(me).data?.permissions.includes(permission) ?? false;
}
