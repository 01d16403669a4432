"""Drives Chromium over its DevTools protocol: no driver to install, nothing but a websocket."""

import base64
import functools
import itertools
import json
import shutil
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)
AXE = Path(__file__).parents[1] / ".venv/axe"
PATIENCE = 300  # seconds for anything the browser should do


def chromium():
    """Return where Chromium is, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


def axe_script():
    """Return the accessibility audit's file, fetched once with npm as the lock file says.

    Raises
    ------
    LookupError
        Saying why there is none.
    """
    script = AXE / "node_modules/axe-core/axe.min.js"
    if script.exists():
        return script
    if shutil.which("npm") is None:
        raise LookupError("npm is not installed, so the accessibility audit is not run")
    AXE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=AXE.parent) as scratch:
        made = Path(scratch) / "axe"
        shutil.copytree(Path(__file__).parent / "browser_tools", made)
        command = ["npm", "ci", "--ignore-scripts"]
        done = subprocess.run(command, cwd=made, capture_output=True, text=True)
        if done.returncode:
            raise LookupError(
                "axe-core could not be fetched, so the accessibility audit is not run"
            )
        with suppress(OSError):  # another process was first
            made.rename(AXE)
    return script


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """Serve a folder on this machine as a plain file server does; yields its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def browser():
    """Start Chromium with an empty profile; yields a `Tab`."""
    profile = Path(tempfile.mkdtemp(prefix="evidence-browser-"))
    command = [chromium(), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        tab = Tab(_address(profile / "DevToolsActivePort", process))
        try:
            yield tab
        finally:
            tab.close()
    finally:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(profile, ignore_errors=True)


def _address(file, process):
    for _ in range(PATIENCE * 10):
        if process.poll() is not None:
            raise RuntimeError(f"Chromium ended with status {process.returncode}")
        if file.exists() and "\n" in file.read_text():
            port = file.read_text().splitlines()[0]
            with urlopen(f"http://127.0.0.1:{port}/json") as answer:
                pages = [page for page in json.load(answer) if page["type"] == "page"]
            if pages:
                return pages[0]["webSocketDebuggerUrl"]
        time.sleep(0.1)
    raise TimeoutError("Chromium did not start")


class Tab:
    """One page of the browser. `requests` and `errors` hold what happened since `open`."""

    def __init__(self, address):
        import websocket

        self.socket = websocket.create_connection(address, timeout=PATIENCE)
        self.numbers = itertools.count(1)
        self.requests, self.errors, self.seen = [], [], []
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.size(1280)

    def call(self, method, **parameters):
        """Send a command and return its answer; events on the way are kept."""
        number = self._send(method, parameters)
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._event(message)

    def _send(self, method, parameters):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        return number

    def _event(self, message):
        if "method" not in message:
            return  # the answer to what nobody waits for
        what, facts = message["method"], message["params"]
        self.seen.append(what)
        if what == "Network.requestWillBeSent":
            self.requests.append(facts["request"]["url"])
        elif what == "Page.javascriptDialogOpening":  # "leave this page?": yes
            self._send("Page.handleJavaScriptDialog", {"accept": True})
        elif what == "Runtime.exceptionThrown":
            details = facts["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif what == "Runtime.consoleAPICalled" and facts["type"] in {"error", "warning"}:
            self.errors.append(" ".join(str(arg.get("value")) for arg in facts["args"]))
        elif what == "Log.entryAdded" and facts["entry"]["level"] in {"error", "warning"}:
            self.errors.append(f"{facts['entry']['text']} {facts['entry'].get('url', '')}")

    def open(self, address):
        """Open an address and wait until it is loaded and quiet."""
        self.requests, self.errors, self.seen = [], [], []
        self.call("Page.navigate", url=address)
        self.until("document.readyState === 'complete'")
        self.js("new Promise((done) => setTimeout(done, 150))")

    def js(self, code):
        """Evaluate JavaScript and return its value."""
        answer = self.call(
            "Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", code))
        return answer["result"].get("value")

    def until(self, code, seconds=PATIENCE):
        """Wait until a condition holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if self.js(code):
                    return
            except RuntimeError:
                pass  # the page is being replaced
            time.sleep(0.05)
        raise TimeoutError(f"never true: {code}")

    def size(self, width, height=900):
        """Set the size of the window."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def key(self, name, code, text=""):
        """Press and release a key."""
        facts = {"key": name, "code": name, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **facts)
        self.call("Input.dispatchKeyEvent", type="keyUp", **facts)

    def type(self, text):
        """Type into whatever has the focus."""
        self.call("Input.insertText", text=text)

    def pdf(self):
        """Print the page and return the PDF."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def picture(self, path, whole=True):
        """Save the page as a PNG."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        Path(path).write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        """End the browser."""
        try:
            self.call("Browser.close")
        finally:
            self.socket.close()


def main():
    """Say what the browser tests have to work with; the status tells whether it is all there."""
    found = chromium()
    print(f"browser: {found or 'Chromium is not installed'}")
    try:
        print(f"accessibility audit: {axe_script().relative_to(AXE.parents[1])}")
    except LookupError as missing:
        found = print(f"accessibility audit: {missing}")
    raise SystemExit(0 if found else 1)


if __name__ == "__main__":
    main()
