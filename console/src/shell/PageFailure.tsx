import { useRouteError } from "react-router";

import { Problem } from "../api/problems";
import { Page } from "../parts/Page";

/** A page that could not be shown: a part of the console that did not load, or an error of ours. */
export function PageFailure() {
  const error = useRouteError();
  const detail = error instanceof Problem ? error.message : "A part of it did not load, or it met something we did not expect.";
  return (
    <Page title="This page could not be shown" lede={detail}>
      <p>
        <button type="button" className="button primary" onClick={() => location.reload()}>
          Load it again
        </button>
      </p>
    </Page>
  );
}
