"""The one way in which the tests wait for what says nothing by itself."""
import time


def eventually(what, limit=30.0):
    """Asks until `what` returns something true (its failures count as no) and returns that.

    For a port that nobody listens on yet, a page, a file, and what only a command or a server without a watch tells:
    they give no notice, so asking again is the only way. What a command prints is waited for by `Running.until`.
    """
    end, last = time.monotonic() + limit, None
    while time.monotonic() < end:
        try:
            if last := what():
                return last
        except (OSError, AssertionError) as failed:
            last = failed
        time.sleep(0.02)
    raise AssertionError(f"not within {limit} s; at last {last!r}")
