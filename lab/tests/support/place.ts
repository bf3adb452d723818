import { join } from "node:path";

/** The folder of the lab: compiled tests lie in lab/dist/tests/support. */
export const labFolder = join(__dirname, "..", "..", "..");

export const fixture = (...path: string[]): string => join(labFolder, "tests", "fixtures", ...path);
