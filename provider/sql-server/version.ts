/** What a build of SQL Server can do for a link (feature overview page, "Prerequisites"). */
export interface VersionSupport {
  /** "SQL Server 2022". */
  readonly name: string;
  /** WITH (CLUSTER_TYPE = NONE): 2017 and later. */
  readonly clusterless: boolean;
  /** The update that brought links to this release, with its KB; undefined of a release that has none. */
  readonly update?: string;
  /** Why links cannot be made with this build; undefined when they can. */
  readonly refusal?: string;
}

const releases: Readonly<Record<number, { readonly name: string; readonly minimum: string; readonly update: string }>> =
  {
    13: { name: "SQL Server 2016", minimum: "13.0.7000.253", update: "SP3 and the Azure Connect pack (KB5014242)" },
    14: { name: "SQL Server 2017", minimum: "14.0.3490.10", update: "CU31 and the Azure Connect pack (KB5050533)" },
    15: { name: "SQL Server 2019", minimum: "15.0.4312.2", update: "CU20 (KB5024276)" },
    16: { name: "SQL Server 2022", minimum: "16.0.1000.6", update: "the release build" },
    17: { name: "SQL Server 2025", minimum: "17.0.1000.7", update: "the release build" },
  };

export function supportOf(productVersion: string): VersionSupport {
  const [major = 0] = productVersion.split(".").map(Number);
  const release = releases[major];
  if (!release) {
    return {
      name: `SQL Server ${productVersion}`,
      clusterless: false,
      refusal: `version ${productVersion} is not one that links are documented for (2016 to 2025)`,
    };
  }
  const support = { name: release.name, update: release.update, clusterless: major >= 14 };
  if (compareVersions(productVersion, release.minimum) >= 0) return support;
  return {
    ...support,
    refusal: `${release.name} needs ${release.update}, build ${release.minimum} or later; this one is ${productVersion}`,
  };
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let i = 0; i < right.length; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
