/** Light, dark, or what the system says. Kept in this browser only. */
export type Scheme = "system" | "light" | "dark";

const KEY = "idp-console-scheme";
export const SCHEMES: readonly Scheme[] = ["system", "light", "dark"];

export function storedScheme(): Scheme {
  try {
    const stored = localStorage.getItem(KEY);
    return SCHEMES.find((scheme) => scheme === stored) ?? "system";
  } catch {
    return "system"; // storage is off in this browser
  }
}

/** Apply a scheme to the page: every colour is a `light-dark()` pair that follows `color-scheme`. */
export function showScheme(scheme: Scheme): void {
  document.documentElement.style.colorScheme = scheme === "system" ? "light dark" : scheme;
}

export function storeScheme(scheme: Scheme): void {
  showScheme(scheme);
  try {
    localStorage.setItem(KEY, scheme);
  } catch {
    // It holds for this page, then.
  }
}
