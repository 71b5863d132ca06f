// A browser starts no worker for a page that is opened as a file. There, a hidden frame does its work.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      this.scope = frame.contentWindow;
      this.scope.postMessage = (data) => setTimeout(() => this.receive(structuredClone(data))); // later, as a worker answers
      const script = this.scope.document.createElement("script");
      script.src = new URL(address, location.href);
      this.loaded = new Promise((resolve) => (script.onload = resolve));
      this.scope.document.body.append(script);
    }
    postMessage(message) {
      const data = structuredClone(message); // a worker gets a copy, and changes it
      this.loaded.then(() => this.scope.dispatchEvent(new this.scope.MessageEvent("message", { data })));
    }
    receive(data) {
      const event = new MessageEvent("message", { data });
      this.dispatchEvent(event);
      if (this.onmessage) this.onmessage(event);
    }
    terminate() {}
  };
}
