import { join } from "node:path";
import { cacheFolder } from "mi-link-tools/setup/cache";
import type { SqlClient } from "../client";
import { run } from "../run";
import { program, sessionOf } from "./session";

const sources = ["main.go", "go.mod", "go.sum"].map((file) => program(`go/${file}`));

/** Microsoft's driver for Go. */
export const goMssqldb: SqlClient = {
  kind: "sql",
  name: "go-mssqldb",
  version: "1.9.5",
  needs: ["go"],
  recipe: sources,
  install: (folder) =>
    run("go", ["build", "-C", program("go"), "-modcacherw", "-o", join(folder, "batches"), "."], {
      GOMODCACHE: join(cacheFolder(), "clients", "go-modules"),
      GOTOOLCHAIN: "local",
    }),
  connect: async (folder, address) => sessionOf(join(folder, "batches"), [], address),
};
