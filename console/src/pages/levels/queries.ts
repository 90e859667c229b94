import { queryOptions } from "@tanstack/react-query";

import { answer, client } from "../../api/client";

export const levels = queryOptions({
  queryKey: ["levels"],
  queryFn: () => answer(client.GET("/levels")),
  staleTime: 60_000,
});
