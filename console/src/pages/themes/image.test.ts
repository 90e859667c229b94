import { expect, it } from "vitest";

import { fileFault, MOST_BYTES, readBase64 } from "./image";

it("writes bytes of every value as base64", async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
  const written = await readBase64(new Blob([bytes]));
  expect(Uint8Array.from(atob(written), (sign) => sign.charCodeAt(0))).toEqual(bytes);
});

it("says why a file is no logo", () => {
  expect(fileFault({ name: "logo.svg", size: 10 })).toBeUndefined();
  expect(fileFault({ name: "my logo.svg", size: 10 })).toContain("letters");
  expect(fileFault({ name: "logo.gif", size: 10 })).toContain("SVG or PNG");
  expect(fileFault({ name: "logo.png", size: MOST_BYTES + 1 })).toContain("larger");
});
