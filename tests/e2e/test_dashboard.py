"""The dashboard of a real Ray, opened by `kubectl ray dashboard` in a real browser (Chromium)."""
import shlex
import struct
import unittest
import zlib

from streaming import StreamTest, eventually, fetch, real_ray


def pixels(png):
    """Width, height and the raw (filtered) rows of a picture."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n", png[:20]
    at, data, size = 8, b"", None
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        if kind == b"IDAT":
            data += body
        at += length + 12
    return *size, zlib.decompress(data)


def setUpModule():
    unittest.enterModuleContext(real_ray())


class Dashboard(StreamTest):
    def browser(self, page=""):
        """What the person's browser is: Chromium, which writes down what it shows. Returns the variable for it."""
        program = self.folder / "browser"
        picture, text, profile = (shlex.quote(str(self.folder / name)) for name in ("page.png", "page.html", "profile"))
        program.write_text(
            "#!/bin/sh\n"
            "chromium --headless --no-sandbox --disable-gpu --no-first-run --window-size=1280,900 "
            f"--virtual-time-budget=10000 --user-data-dir={profile} --screenshot={picture} --dump-dom \"$1{page}\" "
            f">{text}.new 2>{text}.log && mv {text}.new {text}\n"
        )
        program.chmod(0o755)
        return {"BROWSER": str(program)}

    def seen(self):
        """What the browser shows, once it does."""
        text = eventually(lambda: (self.folder / "page.html").read_text(), 90)
        width, height, rows = pixels((self.folder / "page.png").read_bytes())
        self.assertEqual((width, height), (1280, 900))
        self.assertGreater(len(set(rows[::97])), 50, "the picture is of more than one colour")
        self.assertGreater((self.folder / "page.png").stat().st_size, 20000)
        return text

    def test_dashboard_opens_it_in_the_browser(self):
        running = self.start("dashboard", "demo", "--port", "0", env=self.browser())
        text = self.seen()
        self.assertIn("<title>Overview | Ray Dashboard</title>", text)
        for word in ("Cluster utilization", "Recent jobs", "Node Status", "object_store_memory"):
            self.assertIn(word, text)
        self.assertRegex(running.out[0], r"^http://localhost:\d+$")
        self.assertIn("in the browser", running.text())
        self.assertEqual(running.end(), 130, running.text())

    def test_session_opens_it_when_asked_to(self):
        running = self.start(
            "session", "raycluster/demo", "--dashboard", "--port", "0:8265", "--port", "0:10001", env=self.browser("/#/cluster")
        )
        text = self.seen()
        self.assertIn("<title>Cluster | Ray Dashboard</title>", text)
        self.assertIn("10.0.255.1", text)
        self.assertEqual(running.end(), 130, running.text())

    def test_without_a_browser_the_url_is_printed(self):
        running = self.start("cluster", "dashboard", "demo", "--port", "0", env={"BROWSER": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""})
        url = running.until(lambda: running.out and running.out[0].strip())
        self.assertIn(b'"ray_version": "2.60.0"', fetch(url + "/api/version"))
        running.until(lambda: "There is no browser to open" in running.text())


if __name__ == "__main__":
    unittest.main()
