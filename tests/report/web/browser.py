"""Chromium without a window, spoken to over its DevTools pipe: no package but Python and the browser."""

import base64
import json
import os
import select
import shutil
import struct
import subprocess
import tempfile
import zlib

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--mute-audio",
         "--force-color-profile=srgb", "--remote-debugging-pipe"]

PATIENCE = 60  # seconds


def find_chromium():
    """Path of the browser, or None."""
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and shutil.which(name):
            return shutil.which(name)
    return None


class Page:
    """One page of a browser of its own, with its messages and requests."""

    def __init__(self, chromium):
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_browser, self._to = os.pipe()
        self._from, from_browser = os.pipe()
        # The browser reads commands from descriptor 3 and writes answers to 4.
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}', chromium, *FLAGS,
             f"--user-data-dir={self._profile.name}", "about:blank"],
            pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self._buffer, self._number, self._session, self.events = b"", 0, None, []
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self):
        self._process.terminate()
        self._process.wait(10)
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()

    def _message(self):
        while b"\0" not in self._buffer:
            if not select.select([self._from], [], [], PATIENCE)[0]:
                raise RuntimeError(f"the browser says nothing for {PATIENCE} s")
            part = os.read(self._from, 1 << 16)
            if not part:
                raise RuntimeError("the browser has ended")
            self._buffer += part
        text, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        """The answer to a command of the protocol; events that come meanwhile are kept."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._to, json.dumps(command).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") == self._number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait_for(self, event):
        while not any(e["method"] == event for e in self.events):
            self.events.append(self._message())

    def open(self, path, scripts=True):
        self.events.clear()
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.call("Page.navigate", url=path.resolve().as_uri())
        self.wait_for("Page.loadEventFired")
        if scripts:
            self.settle()

    def settle(self):
        """Two frames later: what was asked for is drawn."""
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")

    def run(self, expression):
        """Value of a JavaScript expression, awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def complaints(self):
        """Errors and warnings of the console, exceptions, and what was asked of a network."""
        found = []
        for event in self.events:
            what, of = event["method"], event.get("params", {})
            if what == "Runtime.exceptionThrown":
                found.append(of["exceptionDetails"].get("exception", {}).get("description", str(of)))
            elif what == "Runtime.consoleAPICalled" and of["type"] in ("error", "warning", "assert"):
                found.append(str(of["args"]))
            elif what == "Log.entryAdded" and of["entry"]["level"] in ("error", "warning"):
                found.append(of["entry"]["text"])
            elif what == "Network.requestWillBeSent" and not of["request"]["url"].startswith(("file:", "data:", "blob:")):
                found.append(of["request"]["url"])
        return found

    def size(self, width, height, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
        self.settle()

    def media(self, name="", **features):
        self.call("Emulation.setEmulatedMedia", media=name,
                  features=[{"name": k.replace("_", "-"), "value": v} for k, v in features.items()])
        self.settle()

    def box(self, selector):
        """Place of an element on the page: x, y, width, height."""
        return self.run(f"(r => ({{x: r.x + scrollX, y: r.y + scrollY, width: r.width, height: r.height}}))"
                        f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())")

    def screenshot(self, clip=None):
        """PNG of the whole page, or of a place on it."""
        options = {"clip": dict(clip, scale=1)} if clip else {}
        return base64.b64decode(self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, **options)["data"])

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def hover(self, selector, across=0.5, down=0.5):
        """Moves the mouse over an element, at parts of its width and height."""
        self.run(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        frame = self.run(f"(r => [r.x, r.y, r.width, r.height])"
                         f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())")
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=frame[0] + across * frame[2], y=frame[1] + down * frame[3])
        self.settle()

    def click(self, selector):
        self.run(f"document.querySelector({json.dumps(selector)}).click()")
        self.settle()

    def key(self, name):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name)
        self.settle()


def pixels(png):
    """Rows of (red, green, blue) of a PNG of 8 bits, as the browser writes them."""
    at, packed = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
            assert depth == 8 and colour in (2, 6) and interlace == 0, "another kind of PNG"
        elif kind == b"IDAT":
            packed += body
        at += length + 12
    step = 3 if colour == 2 else 4
    raw, before, rows = zlib.decompress(packed), bytes(width * step), []
    for y in range(height):
        start = y * (1 + width * step)
        kind, line = raw[start], bytearray(raw[start + 1:start + 1 + width * step])
        for i in range(len(line)):
            left = line[i - step] if i >= step else 0
            up, corner = before[i], before[i - step] if i >= step else 0
            if kind == 1:
                line[i] = line[i] + left & 255
            elif kind == 2:
                line[i] = line[i] + up & 255
            elif kind == 3:
                line[i] = line[i] + (left + up) // 2 & 255
            elif kind == 4:
                p = left + up - corner
                near = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))
                line[i] = line[i] + near[2] & 255
        before = line
        rows.append([tuple(line[x:x + 3]) for x in range(0, len(line), step)])
    return rows
