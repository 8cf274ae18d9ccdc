/** The stack of the simulated libssl, in this process. */
import { type Profile, type Stack, StackUnable } from '../stack.js';

/** A fresh process of the model. */
export function openModel({ profile }: { readonly profile: Profile }): Stack {
  throw new StackUnable(`the model of ${profile} has no calls yet`);
}
