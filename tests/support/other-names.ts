import { type BothSides, type BothSidesOptions, startBothSides } from "#lab-tests/both-sides";

/** A lab with a link that somebody made under other names than the components give: endpoint, certificate, groups, link. */
export interface OtherNames extends BothSides {
  sql(text: string): Promise<unknown>;
  /** Gives the managed instance SQL Server's certificate, under another name than it had there. */
  upload(former: string | undefined, name: string): Promise<void>;
  link(database: string, group: string, name: string, instanceGroup: string, failoverMode: string): Promise<void>;
}

export async function startOtherNames(options: BothSidesOptions = {}): Promise<OtherNames> {
  const sides = await startBothSides({ databases: 2, ...options });
  const sql = (text: string) => sides.sqlServer.request().batch(text);

  async function upload(former: string | undefined, name: string) {
    if (former) await sides.finished("DELETE", `serverTrustCertificates/${former}`);
    const { recordset } = await sides.sqlServer
      .request()
      .batch<{ der: Buffer }>("SELECT CERTENCODED(CERT_ID('own')) AS der");
    const publicBlob = `0x${recordset[0]?.der.toString("hex")}`;
    await sides.finished("PUT", `serverTrustCertificates/${name}`, { properties: { publicBlob } });
  }

  async function link(database: string, group: string, name: string, instanceGroup: string, failoverMode: string) {
    const { partnerEndpoint } = sides;
    const renamed = (text: string) =>
      text
        .replace(/\bdag\b/, name)
        .replace(/\bag\b/, group)
        .replace(/'ag_mi'/, `'${instanceGroup}'`);
    await sql(`BACKUP DATABASE ${database} TO DISK = '${database}.bak'`);
    await sql(renamed(sides.localGroup(`DATABASE ${database} `)));
    await sql(renamed(sides.distributedGroup()));
    await sql(`ALTER AVAILABILITY GROUP ${name} MODIFY AVAILABILITY GROUP ON '${group}' WITH (SESSION_TIMEOUT = 20)`);
    const properties = {
      databases: [{ databaseName: database }],
      instanceAvailabilityGroupName: instanceGroup,
      partnerAvailabilityGroupName: group,
      partnerEndpoint,
      instanceLinkRole: "Secondary",
      failoverMode,
      seedingMode: "Automatic",
    };
    await sides.finished("PUT", `distributedAvailabilityGroups/${name}`, { properties });
  }

  await sides.trust();
  await upload("own", "uploaded");
  await link("db1", "ag", "dag", "ag_mi", "Manual");
  return { ...sides, sql, upload, link };
}
