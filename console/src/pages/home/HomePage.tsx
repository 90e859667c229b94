import { useQuery } from "@tanstack/react-query";

import { me } from "../../api/queries";
import { Page } from "../../parts/Page";

export function HomePage() {
  const caller = useQuery(me);
  const name = caller.data?.user?.name ?? "";
  return <Page title={name === "" ? "Welcome" : `Welcome, ${name}`} lede={caller.data?.issuer} />;
}
