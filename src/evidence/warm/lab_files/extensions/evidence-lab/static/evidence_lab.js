// A federated extension of JupyterLab, written by hand so that nothing has to be built.
(() => {
  const name = "evidence-lab";
  let shared;

  // The file browser begins at the project, not at the notebook that the address opens.
  const address = new URL(location);
  if (address.pathname.includes("/tree/") && !address.searchParams.has("file-browser-path")) {
    address.searchParams.set("file-browser-path", "/");
    history.replaceState(null, "", address);
  }

  // A cell that is run while its kernel is still starting waits for it. JupyterLab's own executor
  // clears the cell's output and runs nothing, or asks which kernel to start
  // (github.com/jupyterlab/jupyterlab/issues/8490).
  const PATIENCE = 10000; // milliseconds, for a notebook that names no kernel at all
  // Started before the notebook's own kernel is known, a session would ask which one to take.
  async function known(context) {
    const ends = Date.now() + PATIENCE;
    const is = ({ name, language, shouldStart }) => name || language || shouldStart === false;
    while (!context.session && !is(context.kernelPreference) && Date.now() < ends)
      await new Promise((done) => setTimeout(done, 10));
    await context.initialize(); // the one start that is under way
  }

  // All cells wait for one promise, so that they go on in the order in which they were run.
  const started = new WeakMap();
  function start(context) {
    if (!started.has(context)) started.set(context, known(context));
    return started.get(context);
  }

  async function executor() {
    const [version] = Object.values(shared["@jupyterlab/notebook"]);
    const notebook = (await version.get())();
    return {
      id: `${name}:cell-executor`,
      autoStart: true,
      provides: notebook.INotebookCellExecutor,
      activate: () => ({
        runCell: async (options) => {
          if (options.sessionContext) await start(options.sessionContext);
          return notebook.runCell(options);
        },
      }),
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[name] = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const plugin = await executor();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
