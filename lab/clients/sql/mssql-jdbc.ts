import { delimiter, join } from "node:path";
import type { SqlClient } from "../client";
import { run } from "../run";
import { program, sessionOf } from "./session";

const version = "12.8.1";
const artifact = `com.microsoft.sqlserver:mssql-jdbc:${version}.jre11`;

/** Microsoft's driver for Java. */
export const mssqlJdbc: SqlClient = {
  kind: "sql",
  name: "mssql-jdbc",
  version,
  needs: ["mvn", "javac", "java"],
  recipe: [artifact, program("Batches.java")],
  async install(folder) {
    await run("mvn", ["-q", "-B", "dependency:copy", `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]);
    await run("javac", ["-d", folder, program("Batches.java")]);
  },
  connect: async (folder, address) => {
    const classes = [folder, join(folder, `mssql-jdbc-${version}.jre11.jar`)].join(delimiter);
    return sessionOf("java", ["-cp", classes, "Batches"], address);
  },
};
