import type { Instance } from "./model";

export type MajorVersion = Instance["majorVersion"];

/** A build of each version that can take part in a link. */
export const linkableBuilds: Readonly<Record<MajorVersion, string>> = {
  2016: "13.0.7000.253",
  2017: "14.0.3490.10",
  2019: "15.0.4420.2",
  2022: "16.0.4175.1",
  2025: "17.0.1000.7",
};

/** Service packs and cumulative updates without the Azure Connect Pack, which only these two versions need. */
export const buildsWithoutConnectPack: Readonly<Partial<Record<MajorVersion, string>>> = {
  2016: "13.0.6300.2",
  2017: "14.0.3456.2",
};

/** "Feature overview of the Managed Instance link": the first build with the link's procedures and `;Server=[..]`. */
const firstLinkableBuilds: Readonly<Record<MajorVersion, string>> = {
  2016: "13.0.7000.253",
  2017: "14.0.3490.10",
  2019: "15.0.4312.2",
  2022: "16.0.1000.6",
  2025: "17.0.1000.7",
};

const majorNumbers: Readonly<Record<string, MajorVersion>> = { 13: 2016, 14: 2017, 15: 2019, 16: 2022, 17: 2025 };

export function majorVersionOf(version: string): MajorVersion {
  const major = majorNumbers[version.split(".")[0] ?? ""];
  if (!major) throw new RangeError(`${version} is not a version of SQL Server 2016 to 2025`);
  return major;
}

export function supportsLink(version: string): boolean {
  return compareVersions(version, firstLinkableBuilds[majorVersionOf(version)]) >= 0;
}

/** 2022 CU10: a link whose first primary is the managed instance, and `;Database=[..]` for it. */
export function supportsInstancePrimary(version: string): boolean {
  return compareVersions(version, "16.0.4095.4") >= 0;
}

/** 2022 CU13: ALTER AVAILABILITY GROUP ... FAILOVER of a link. */
export function supportsPlannedFailover(version: string): boolean {
  return compareVersions(version, "16.0.4125.3") >= 0;
}

/** 2022 CU27 and 2025 CU9. No source has their build numbers; these are extrapolated from the updates before. */
const firstMultiDatabaseBuilds: Readonly<Partial<Record<MajorVersion, string>>> = {
  2022: "16.0.4275.1",
  2025: "17.0.4085.1",
};

/** "Extend an availability group": sp_multidb_milink, and links of several databases. */
export function supportsMultiDatabaseLink(version: string): boolean {
  const first = firstMultiDatabaseBuilds[majorVersionOf(version)];
  return first !== undefined && compareVersions(version, first) >= 0;
}

function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split(".").map(Number));
  const differing = left?.findIndex((part, index) => part !== (right?.[index] ?? 0)) ?? -1;
  return differing < 0 ? 0 : (left?.[differing] ?? 0) - (right?.[differing] ?? 0);
}
