import { ArmError } from "./arm-error";

/** The shapes of the link's body. "hybrid" is asked in the old names and answers in the new ones. */
export type Shape = "old" | "old with role" | "hybrid" | "new";

const shapes: Readonly<Record<string, Shape>> = {
  "2021-05-01-preview": "old",
  "2021-08-01-preview": "old",
  "2021-11-01": "old",
  "2021-11-01-preview": "old",
  "2022-02-01-preview": "old",
  "2022-05-01-preview": "old",
  "2022-08-01-preview": "old",
  "2022-11-01-preview": "old with role",
  "2023-02-01-preview": "hybrid",
  "2023-05-01-preview": "new",
  "2023-08-01-preview": "new",
  "2023-08-01": "new",
  "2024-05-01-preview": "new",
  "2024-11-01-preview": "new",
  "2025-01-01": "new",
  "2025-02-01-preview": "new",
  "2025-08-01-preview": "new",
  "2026-08-01-preview": "new",
};

export const apiVersions: readonly string[] = Object.keys(shapes);

/** The features that came later than the link itself, with the first version that has each. */
const firstVersions = {
  setRole: "2022-11-01-preview",
  failover: "2023-08-01",
  linkMode: "2025-08-01-preview",
} as const;

export function offers(version: string, feature: keyof typeof firstVersions): boolean {
  return version >= firstVersions[feature];
}

/** Throws what Azure Resource Manager answers to a version that is missing, or that the type does not have. */
export function shapeOf(version: string | null, type: string): Shape {
  if (!version)
    throw new ArmError(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  if (Object.hasOwn(shapes, version)) return shapes[version] as Shape;
  const supported = apiVersions.join(", ");
  throw new ArmError(
    400,
    "InvalidResourceType",
    `The resource type '${type}' could not be found in the namespace 'Microsoft.Sql' for api version '${version}'. The supported api-versions are '${supported}'.`,
  );
}
