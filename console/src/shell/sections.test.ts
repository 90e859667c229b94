import { expect, it } from "vitest";

import { visibleGroups } from "./sections";

const GROUPS = [
  { title: "", sections: [{ path: "/", title: "Home", icon: "home" }] },
  { title: "People", sections: [{ path: "/users", title: "Users", icon: "users", permission: "users:read" }] },
];

it("shows a page to those who may read what it shows", () => {
  expect(visibleGroups(["users:read"], GROUPS).map((group) => group.title)).toEqual(["", "People"]);
});

it("leaves out a group of which nothing is left", () => {
  expect(visibleGroups(["reviews:read"], GROUPS).map((group) => group.title)).toEqual([""]);
});
