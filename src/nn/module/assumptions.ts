/**
 * What a compiled program takes for granted of the modules it was traced through: whether they are being trained, which of
 * their parameters are, where those lie, and who watches. It answers calls only while all of that holds; otherwise the
 * function is traced again. Guards of this kind are an idea of PyTorch 2's Dynamo (Ansel et al. 2024).
 */
import { everyRun, observer } from "../../tensor/call-observer.ts";
import type { CallObserver } from "../../tensor/call-observer.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { AnyModule } from "./module.ts";

/** What each trace need not ask about (any more): it has asked, or the traced function sets it itself. */
const known = new WeakMap<CallObserver, { modules: WeakSet<AnyModule>; modes: WeakSet<AnyModule>; frozen: WeakSet<Tensor> }>();

function knownTo(watcher: CallObserver): { modules: WeakSet<AnyModule>; modes: WeakSet<AnyModule>; frozen: WeakSet<Tensor> } {
  const found = known.get(watcher) ?? { modules: new WeakSet(), modes: new WeakSet(), frozen: new WeakSet() };
  known.set(watcher, found);
  return found;
}

/** Tells a trace that its program holds while a module stays as it is now. */
export function relyOn(watcher: CallObserver, module: AnyModule, watchers: () => number): void {
  const { modules, modes, frozen } = knownTo(watcher);
  if (modules.has(module)) return;
  modules.add(module);
  if (!modes.has(module)) {
    const { training } = module;
    watcher.relied(() => module.training === training);
  }
  const count = watchers();
  watcher.relied(() => watchers() === count);
  for (const [, part] of module.ownParts()) {
    if (!(part instanceof Tensor)) continue;
    const { storage, requiresGrad } = part;
    watcher.relied(frozen.has(part) ? () => part.storage === storage : () => part.storage === storage && part.requiresGrad === requiresGrad);
  }
}

/** Sets modes, in a compiled function in each of its runs. */
export function setModes(modules: readonly AnyModule[], training: boolean): void {
  if (observer !== undefined) modules.forEach((module) => knownTo(observer!).modes.add(module));
  everyRun(() => modules.forEach((module) => (module.training = training)));
}

/** Freezes or thaws parameters, in a compiled function in each of its runs. */
export function setRequiresGrad(parameters: readonly Tensor[], required: boolean): void {
  if (observer !== undefined) parameters.forEach((parameter) => knownTo(observer!).frozen.add(parameter));
  everyRun(() => parameters.forEach((parameter) => parameter.requiresGrad_(required)));
}
