/** The most bytes of a logo. */
export const MOST_BYTES = 100 * 1024;

/** An image as base64, which is how the API takes it. */
export async function readBase64(image: Blob): Promise<string> {
  const bytes = new Uint8Array(await image.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** What is wrong with a file as a logo, or undefined. The server looks at what is in it. */
export function fileFault(file: { readonly name: string; readonly size: number }): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,60}\.(?:svg|png)$/.test(file.name)) {
    return "Choose an SVG or PNG whose name has letters, digits, dots and dashes only.";
  }
  return file.size > MOST_BYTES ? "It is larger than 100 kB." : undefined;
}
