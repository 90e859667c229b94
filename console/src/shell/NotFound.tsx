import { Link } from "react-router";

import { Page } from "../parts/Page";

export function NotFound() {
  return (
    <Page title="There is nothing here" lede="The address may have changed, or what it showed was removed.">
      <p>
        <Link to="/">Go to the first page</Link>
      </p>
    </Page>
  );
}
