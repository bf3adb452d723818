/** Looks up one object of each type: what LOOKUPS says, by type, with its id and the arguments that find it. */
const resources = require("pulumi-mi-link");

for (const [type, { id, args }] of Object.entries(JSON.parse(process.env.LOOKUPS))) {
  const found = resources[type].get(`a-${type}`, id, args);
  const names = Object.keys(found).filter((name) => !name.startsWith("__") && name !== "urn");
  exports[type] = Object.fromEntries(names.map((name) => [name, found[name]]));
}
