const { Config } = require("@pulumi/pulumi");
const { MasterKey } = require("pulumi-mi-link");

const config = new Config();
new MasterKey("key", {
  sqlServer: {
    host: config.require("host"),
    user: "sa",
    credential: "config:sqlServerPassword",
    caFile: config.require("caFile"),
  },
  password: config.requireSecret("masterKeyPassword"),
});
