// Azure's SDK for JavaScript: lines of JSON with an operation in, lines of JSON out.
const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");

const { env } = process;
const installed = createRequire(`${env.LAB_FOLDER}/`);
const { SqlManagementClient } = installed("@azure/arm-sql");
const { ClientSecretCredential } = installed("@azure/identity");

const endpoint = env.LAB_ENDPOINT;
const credential = new ClientSecretCredential(env.LAB_TENANT, env.LAB_CLIENT, env.LAB_SECRET, {
  authorityHost: endpoint,
  disableInstanceDiscovery: true,
});
const client = new SqlManagementClient(credential, env.LAB_SUBSCRIPTION, {
  $host: endpoint,
  endpoint,
  credentialScopes: `${endpoint}/.default`,
});
const place = [env.LAB_GROUP, env.LAB_INSTANCE];
const wait = { updateIntervalInMs: 200 };
const { distributedAvailabilityGroups: links, serverTrustCertificates: trusted, endpointCertificates } = client;

async function all(pages) {
  const found = [];
  for await (const each of pages) found.push(each);
  return found;
}

const operations = {
  "sign in": async () => ({ token: (await credential.getToken(`${endpoint}/.default`)).token !== "" }),
  "show instance": () => client.managedInstances.get(...place),
  "create certificate": ({ name, blob }) =>
    trusted.beginCreateOrUpdateAndWait(...place, name, { publicBlob: blob }, wait),
  "show certificate": ({ name }) => trusted.get(...place, name),
  "list certificates": () => all(trusted.listByInstance(...place)),
  "delete certificate": ({ name }) => trusted.beginDeleteAndWait(...place, name, wait),
  "show endpoint certificate": ({ type }) => endpointCertificates.get(...place, type),
  "list endpoint certificates": () => all(endpointCertificates.listByInstance(...place)),
  "create link": ({ name, sqlServerGroup, instanceGroup, database, endpoint: sourceEndpoint }) =>
    links.beginCreateOrUpdateAndWait(
      ...place,
      name,
      {
        primaryAvailabilityGroupName: sqlServerGroup,
        secondaryAvailabilityGroupName: instanceGroup,
        targetDatabase: database,
        sourceEndpoint,
      },
      wait,
    ),
  "show link": ({ name }) => links.get(...place, name),
  "list links": () => all(links.listByInstance(...place)),
  "update link": ({ name, replicationMode }) => links.beginUpdateAndWait(...place, name, { replicationMode }, wait),
  "delete link": ({ name }) => links.beginDeleteAndWait(...place, name, wait),
};

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const operation = JSON.parse(line);
    const answer = await operations[operation.do](operation).then(
      (result) => ({ result: result ?? null }),
      (error) => ({ error: String(error) }),
    );
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

main();
