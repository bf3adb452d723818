import { CustomResource, type Resource } from "@pulumi/pulumi";

const doNothing = `exports.handler=()=>({create:async()=>({id:"x",outs:{}})})`;

class Nothing extends CustomResource {
  constructor(name: string, dependsOn: Resource[] = []) {
    super("pulumi-nodejs:dynamic/floor:Nothing", name, { __provider: doNothing }, { dependsOn });
  }
}

const masterKey = new Nothing("master-key");
const certificate = new Nothing("certificate", [masterKey]);
const trust = new Nothing("trust", [certificate]);
const instanceCertificate = new Nothing("instance-certificate");
const roots = new Nothing("roots");
const endpoint = new Nothing("endpoint", [certificate]);
const database = new Nothing("database");
const group = new Nothing("group", [database, endpoint]);
const distributedGroup = new Nothing("distributed-group", [group, instanceCertificate]);
new Nothing("link", [distributedGroup, trust, roots]);
