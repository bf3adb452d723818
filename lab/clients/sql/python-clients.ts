import type { SqlClient } from "../client";
import { libraryFolder, unpackDebianPackages } from "../debian";
import { installFromPypi, pythonOf } from "../python";
import { writeSettings } from "./freetds";
import { program, sessionOf } from "./session";

/** Has Microsoft's own ODBC driver inside. */
export const mssqlPython: SqlClient = {
  kind: "sql",
  name: "mssql-python",
  version: "1.16.0",
  needs: ["python3", "apt-get", "dpkg-deb"],
  recipe: ["mssql-python==1.16.0", "libltdl7"],
  async install(folder) {
    await installFromPypi(folder, ["mssql-python==1.16.0"]);
    // The driver brings unixODBC's installer library, but not what that one loads.
    await unpackDebianPackages(["libltdl7"], folder);
  },
  connect: async (folder, address) =>
    sessionOf(pythonOf(folder), [program("run_mssql_python.py")], address, {
      SSL_CERT_FILE: address.caFile,
      LD_LIBRARY_PATH: libraryFolder(folder),
    }),
};

/** Has a FreeTDS of its own inside. */
export const pymssql: SqlClient = {
  kind: "sql",
  name: "pymssql",
  version: "2.4.6",
  needs: ["python3"],
  recipe: ["pymssql==2.4.6"],
  install: (folder) => installFromPypi(folder, ["pymssql==2.4.6"]),
  async connect(folder, address) {
    const settings = await writeSettings(address.caFile);
    const variables = { FREETDSCONF: settings.file };
    const session = await sessionOf(pythonOf(folder), [program("run_pymssql.py")], address, variables);
    return { run: session.run, close: () => session.close().finally(settings.remove) };
  },
};

// Later pyOpenSSLs lack what python-tds reads a certificate's names with.
const pythonTdsPackages = ["python-tds==1.17.1", "pyOpenSSL==24.2.1"];

/** TDS in Python. */
export const pythonTds: SqlClient = {
  kind: "sql",
  name: "python-tds",
  version: "1.17.1",
  needs: ["python3"],
  recipe: pythonTdsPackages,
  install: (folder) => installFromPypi(folder, pythonTdsPackages),
  connect: async (folder, address) => sessionOf(pythonOf(folder), [program("run_python_tds.py")], address),
};
