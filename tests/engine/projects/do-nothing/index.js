const pulumi = require("@pulumi/pulumi");

const handler = `exports.handler = () => ({
  async create(inputs) { return { id: "remembered", outs: inputs } },
  async diff(id, outputs, inputs) { return { changes: outputs.size !== inputs.size } },
  async update(id, outputs, inputs) { return { outs: inputs } },
  async read(id, outputs) { return { id, props: outputs } },
  async delete() {},
});`;

class Memory extends pulumi.CustomResource {
  constructor(name, inputs) {
    super("pulumi-nodejs:dynamic/test:Memory", name, { ...inputs, __provider: handler });
  }
}

const config = new pulumi.Config();
const memory = new Memory("memory", { size: config.requireNumber("size"), word: config.requireSecret("word") });
exports.size = memory.size;
exports.id = memory.id;
