type Words = Readonly<Record<string, string>>;

/** Colours in the groups in which one thinks of them, each with what it colours. */
export const GROUPS: readonly { readonly title: string; readonly colours: Words }[] = [
  {
    title: "Grounds",
    colours: {
      surface: "The page, behind everything",
      raised: "The card, and inputs",
      sunken: "Quiet areas in the card",
    },
  },
  { title: "Text", colours: { ink: "Text", "ink-soft": "Quieter text, such as hints" } },
  { title: "Lines", colours: { line: "Lines between things", "line-strong": "Borders of inputs" } },
  {
    title: "Buttons and links",
    colours: {
      accent: "Buttons and links",
      "accent-strong": "The same under the pointer",
      "accent-soft": "Quiet areas in its tint",
      "on-accent": "Text on buttons",
    },
  },
  {
    title: "Problems, warnings, success",
    colours: {
      danger: "Problems",
      "danger-soft": "The ground of problems",
      warn: "Warnings",
      "warn-soft": "The ground of warnings",
      good: "Success",
      "good-soft": "The ground of success",
    },
  },
];
export const LENGTHS: Words = { radius: "Corners of the card", "radius-small": "Corners of buttons" };
export const FONTS: Words = { font: "Font of everything", mono: "Font of codes" };
export const LINKS = { help: "Help", privacy: "Privacy", terms: "Terms" } as const;
