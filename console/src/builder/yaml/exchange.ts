/** Gives the text as a file, exactly as it is. */
export function exportText(flowId: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  link.download = `${flowId}.yaml`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** What a flow document may have at most, in bytes; the server refuses more. */
export const MAX_BYTES = 256 * 1024;

/** Reads a file that somebody chose. Raises an Error that says what is wrong with it. */
export async function importText(file: File): Promise<string> {
  if (file.size > MAX_BYTES) throw new Error("The file is larger than a flow may be (256 KiB).");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    throw new Error("The file is not text in UTF-8.");
  }
}
