import { type Inputs, Resource, secret } from "@pulumi/pulumi";
import { secretPassword } from "../resources/link-resource";

/**
 * The arguments as a component registers them, for policies and the state: passwords are secrets, however the program gave
 * them. Other components are left out: this one would wait for all of their parts.
 */
export function registered(args: object): Inputs {
  return Object.fromEntries(
    Object.entries(args)
      .filter(([, value]) => value !== undefined && !Resource.isInstance(value))
      .map(([name, value]) => [name, sealed(name, value)]),
  );
}

function sealed(name: string, value: Inputs[string]): unknown {
  if (name === "sqlServer") return secretPassword(value);
  return name.endsWith("Password") ? secret(value) : value;
}
