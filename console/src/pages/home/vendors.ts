import type { components } from "../../api/schema.gen";
import type { Tone } from "../../parts/Chip";
import type { Connection } from "../connectors/queries";
import { healthOf } from "../connectors/words";

type Vendor = components["schemas"]["Home"]["vendors"][number];
export type VendorRow = Vendor & { readonly health: { readonly tone: Tone; readonly words: string } | undefined };

/** How each connection fared and does now. One that nobody went through stands here too when it fails. */
export function vendorRows(vendors: readonly Vendor[], known: readonly Pick<Connection, "name" | "health">[]): VendorRow[] {
  const rows = vendors.map((vendor): VendorRow => {
    const now = known.find((one) => one.name === vendor.connection);
    return { ...vendor, health: now === undefined ? undefined : healthOf(now) };
  });
  const failing = known.filter((one) => healthOf(one).tone === "bad" && !vendors.some((vendor) => vendor.connection === one.name));
  return [
    ...failing.map((one): VendorRow => ({ connection: one.name, completed: 0, pending: 0, expired: 0, errors: 0, passed: 0, health: healthOf(one) })),
    ...rows,
  ];
}
