import { join } from "node:path";

/** The checkout: compiled tests lie in tests/dist/support. */
export const repositoryRoot = join(__dirname, "..", "..", "..");

export const fixture = (...path: string[]): string => join(repositoryRoot, "tests", "fixtures", ...path);
