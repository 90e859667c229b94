import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { useMay } from "../../api/permissions";
import { Chip } from "../../parts/Chip";
import { Empty } from "../../parts/Empty";
import { Icon } from "../../parts/Icon";
import { type Column, Listing } from "../../parts/Listing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { When } from "../../parts/When";
import { NewTheme } from "./NewTheme";
import { type ThemeSummary, themes } from "./queries";

/** The theme that every page wears whose client names no other. */
export const DEFAULT = "default";

const COLUMNS: readonly Column<ThemeSummary>[] = [
  {
    title: "Theme",
    cell: (row) => (
      <>
        <Link to={`/themes/${row.id}`}>{row.name ?? row.id}</Link>
        <span className="small">
          <code>{row.id}</code>
        </span>
      </>
    ),
  },
  { title: "Version", align: "end", cell: (row) => row.version },
  { title: "Worn by", cell: (row) => <Wearers theme={row} /> },
  { title: "Changed", cell: (row) => <When at={row.updated_at} /> },
];

/** Themes: how the pages of each client look. */
export function ThemesPage() {
  const all = useQuery(themes);
  const mayWrite = useMay("themes:write");
  const [making, setMaking] = useState(false);
  const make = mayWrite && (
    <button type="button" className="button primary" onClick={() => setMaking(true)}>
      <Icon name="plus" />
      New theme
    </button>
  );
  return (
    <Page title="Themes" lede="How sign-in pages look, for everybody or for a client that has its own: colours, a logo and texts." actions={make}>
      <Loaded query={all}>
        {(found) =>
          found.length === 0 ? (
            <Empty icon="themes" title="No theme of your own" actions={make}>
              Pages wear the look that comes with the provider. A theme called <code>default</code> is worn by all of them, any other by the
              clients that name it.
            </Empty>
          ) : (
            <Listing label="Themes" columns={COLUMNS} rows={found} rowKey={(row) => row.id} />
          )
        }
      </Loaded>
      {making && <NewTheme existing={all.data ?? []} onClose={() => setMaking(false)} />}
    </Page>
  );
}

/** Whose pages look like this. */
export function Wearers({ theme }: { readonly theme: ThemeSummary }) {
  if (theme.id === DEFAULT) return <Chip tone="good">Every page without another</Chip>;
  if (theme.used_by.length === 0) return <span className="soft">No client</span>;
  return (
    <>
      {theme.used_by.map((client) => (
        <Link key={client} className="line" to={`/clients/${encodeURIComponent(client)}`}>
          {client}
        </Link>
      ))}
    </>
  );
}
