/** A page that holds no style, and the styles that it held: the policy shows none that stand in a page. */
export type Bare = { readonly html: string; readonly rules: string };

/** How a style attribute is called until it is set. */
const KEPT = "data-style";

/** Take the styles out of a page, as mails have them: rules in elements of their own, and attributes. */
export function takeStyles(page: string): Bare {
  const rules: string[] = [];
  const bare = page.replace(/<style>([^]*?)<\/style>/g, (_, found: string) => {
    rules.push(found);
    return "";
  });
  return { html: bare.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/ style=(?=")/, ` ${KEPT}=`)), rules: rules.join("\n") };
}

/** Set tokens and styles through the object model: the policy lets nobody write a style into a page. */
export function dress(page: Document, tokens: Readonly<Record<string, string>>, rules: string): void {
  for (const [name, value] of Object.entries(tokens)) page.documentElement.style.setProperty(`--${name}`, value);
  for (const one of page.querySelectorAll<HTMLElement>(`[${KEPT}]`)) one.style.cssText = one.getAttribute(KEPT) ?? "";
  const view = page.defaultView;
  if (rules === "" || view === null) return;
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync(rules);
  page.adoptedStyleSheets = [sheet];
}
