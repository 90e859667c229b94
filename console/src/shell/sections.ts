/** The pages of the console, in the order of its navigation. A page is shown to those who may read what it shows. */
export type Section = {
  readonly path: string;
  readonly title: string;
  readonly icon: string;
  readonly permission?: string;
};

export type Group = { readonly title: string; readonly sections: readonly Section[] };

export const GROUPS: readonly Group[] = [
  { title: "", sections: [{ path: "/", title: "Home", icon: "home" }] },
  {
    title: "Build",
    sections: [
      { path: "/flows", title: "Flows", icon: "flows", permission: "flows:read" },
      { path: "/connectors", title: "Connectors", icon: "connectors", permission: "connections:read" },
    ],
  },
];

/** The groups that somebody with these permissions sees. Groups without a page are left out. */
export function visibleGroups(permissions: readonly string[], groups: readonly Group[] = GROUPS): Group[] {
  return groups
    .map((group) => ({
      ...group,
      sections: group.sections.filter(({ permission }) => permission === undefined || permissions.includes(permission)),
    }))
    .filter((group) => group.sections.length > 0);
}
