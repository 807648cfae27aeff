// A kernel: Jupyter's messages go to a machine in a Worker of its own, and what it shows comes back while it runs.
import { PageConfig, URLExt } from "@jupyterlab/coreutils";
import { KernelMessage } from "@jupyterlab/services";
import { Signal } from "@lumino/signaling";
import heapbook from "../../page/machine.js";

// The scripts with the machine lie beside this one.
heapbook.from(__webpack_public_path__);

/** What the machine answers; each `_request` has its `_reply`. */
const ASKED = ["execute", "complete", "inspect", "is_complete", "history", "comm_info"].map((name) => `${name}_request`);
const STREAMS = ["stdout", "stderr"];

/** What is said of a machine that is gone, and all names with it; the next cell finds a new one. */
function lost(error) {
  const isStopped = error instanceof heapbook.Stopped;
  const why = isStopped ? "KeyboardInterrupt: the program did not listen, so its machine was thrown away." : error.message;
  const [, ename, said] = why.match(/^(\w+): (.*)/s) ?? [why, "SystemError", why];
  const evalue = `${said} All names are gone, as after a restart.`;
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}

export class HeapbookKernel {
  /** `tab` is what JupyterLite's service worker knows this page by, if there is one. */
  constructor({ id, name, location, sendMessage, tab }) {
    Object.assign(this, { id, name, location, sendMessage, tab });
    this.isDisposed = false;
    this.disposed = new Signal(this);
    this.holder = new heapbook.Holder(() => (this.info = null));
    /** The number of the next cell. */
    this.next = 1;
    /** The request that is served. */
    this.parent = null;
    this.isRunning = false;
    this.ready = this.holder.run((machine) => this.begin(machine));
  }

  /** Starts a notebook in a machine that has none. */
  async begin(machine) {
    if (this.info) return;
    // Whatever a cell imports has to be there: a machine that lacked a part of the library would lose all that the cells before have made.
    await heapbook.everything(machine);
    this.info = await machine.tell({ do: "notebook", version: "3.14" });
    this.next = 1;
  }

  async handleMessage(message) {
    this.parent = message;
    const { msg_type: type } = message.header;
    this.publish("status", { execution_state: "busy" });
    if (type === "kernel_info_request") {
      await this.ready;
      this.reply(type, this.info ?? (await this.serve((machine) => this.begin(machine).then(() => this.info))));
    } else if (type === "execute_request") await this.execute(message.content);
    else if (ASKED.includes(type)) {
      const { content } = await this.serve((machine) => machine.tell({ do: type, content: message.content }));
      this.reply(type, content);
    } else if (type === "comm_open") this.publish("comm_close", { comm_id: message.content.comm_id, data: {} });
    this.publish("status", { execution_state: "idle" });
  }

  async execute(content) {
    if (!content.silent) this.publish("execute_input", { code: content.code, execution_count: this.next });
    this.isRunning = true;
    try {
      const answer = await this.serve((machine) => machine.tell({ do: "execute_request", content }, this.stdin()));
      this.next = answer.content.execution_count + (content.silent || content.store_history === false ? 0 : 1);
      this.end(answer.content, answer.metadata);
    } catch (error) {
      if (!(error instanceof heapbook.Stopped)) this.holder.drop(error);
      this.end({ status: "error", ...lost(error), execution_count: this.next }, {});
    }
    this.isRunning = false;
  }

  end(content, metadata) {
    if (content.status === "error") {
      const { ename, evalue, traceback } = content;
      this.publish("error", { ename, evalue, traceback });
    }
    this.reply("execute_request", content, metadata);
  }

  /** Does something with a machine that has a notebook. */
  serve(work) {
    return this.holder.run(async (machine) => {
      await this.begin(machine);
      machine.onPrinted = (pieces) => pieces.forEach((piece) => this.show(piece));
      return work(machine);
    });
  }

  show({ stream, text, published, content }) {
    if (published) this.publish(published, content);
    else this.publish("stream", { name: STREAMS[stream], text });
  }

  /** How the Worker asks for a line: of JupyterLite's service worker, who lets it wait until the page has answered. */
  stdin() {
    if (!this.tab) return null;
    const message = this.message("stdin", "input_request", {});
    return { address: URLExt.join(PageConfig.getBaseUrl(), "api/stdin/kernel"), browsingContextId: this.tab, message };
  }

  interrupt() {
    const { parent } = this;
    if (this.isRunning) this.holder.stop(() => this.isRunning && this.parent === parent);
  }

  dispose() {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.holder.drop(new heapbook.Stopped("The kernel has ended."));
    this.disposed.emit(undefined);
    Signal.clearData(this);
  }

  publish(type, content) {
    this.sendMessage(this.message("iopub", type, content));
  }

  reply(request, content, metadata = {}) {
    this.sendMessage(this.message("shell", request.replace("_request", "_reply"), content, metadata));
  }

  message(channel, msgType, content, metadata = {}) {
    const { header } = this.parent;
    return KernelMessage.createMessage({ channel, msgType, session: header.session, parentHeader: header, content, metadata });
  }
}
