import { ArmError } from "./arm-error";

/** The two shapes of the link's body; 2023-02-01-preview, which mixes them, is not served. */
export type Shape = "old" | "new";

const shapes: Readonly<Record<string, Shape>> = {
  "2021-05-01-preview": "old",
  "2021-08-01-preview": "old",
  "2021-11-01": "old",
  "2021-11-01-preview": "old",
  "2022-02-01-preview": "old",
  "2022-05-01-preview": "old",
  "2022-08-01-preview": "old",
  "2022-11-01-preview": "old",
  "2023-05-01-preview": "new",
  "2023-08-01-preview": "new",
  "2023-08-01": "new",
  "2024-05-01-preview": "new",
  "2024-11-01-preview": "new",
  "2025-01-01": "new",
  "2025-02-01-preview": "new",
  "2025-08-01-preview": "new",
};

/** Throws what Azure Resource Manager answers to a version that is missing, or that the type does not have. */
export function shapeOf(version: string | null, type: string): Shape {
  if (!version)
    throw new ArmError(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  const shape = shapes[version];
  if (shape) return shape;
  const supported = Object.keys(shapes).join(", ");
  throw new ArmError(
    400,
    "InvalidResourceType",
    `The resource type '${type}' could not be found in the namespace 'Microsoft.Sql' for api version '${version}'. The supported api-versions are '${supported}'.`,
  );
}
