// The plugin: tells JupyterLite of the kernel, and interrupts it, which JupyterLite itself does for no kernel yet.
import { IServiceWorkerManager } from "@jupyterlite/apputils";
import { IKernelClient, IKernelSpecs } from "@jupyterlite/services";
import logo from "../../../heapbook/wheel/data/share/jupyter/kernels/heapbook/logo-svg.svg";
import { HeapbookKernel } from "./kernel.js";

const NAME = "heapbook";
const picture = `data:image/svg+xml;base64,${btoa(logo)}`;

export default {
  id: "heapbook-jupyterlite:kernel",
  description: "Python on a heap that can be looked at.",
  autoStart: true,
  requires: [IKernelSpecs],
  optional: [IKernelClient, IServiceWorkerManager],
  activate: (app, kernelSpecs, client, serviceWorker) => {
    const kernels = new Map();
    kernelSpecs.register({
      spec: {
        name: NAME,
        display_name: "Heapbook (Python)",
        language: "python",
        argv: [],
        resources: { "logo-svg": picture, "logo-32x32": picture, "logo-64x64": picture },
      },
      create: async (options) => {
        // Without a service worker nobody could answer a program that waits.
        const kernel = new HeapbookKernel({ ...options, tab: serviceWorker?.enabled ? serviceWorker.browsingContextId : null });
        kernels.set(kernel.id, kernel);
        kernel.disposed.connect(() => kernels.delete(kernel.id));
        return kernel;
      },
    });
    if (!client) return;
    // JupyterLite only takes away the cells that wait.
    const interrupt = client.interrupt.bind(client);
    client.interrupt = async (id) => {
      const waiting = interrupt(id);
      kernels.get(id)?.interrupt();
      await waiting;
    };
  },
};
