"""A look tells what is there, what is missing and what must not be there."""

import json
import os
import re
import sys

import pytest
from ansible_collections.mesos.security.plugins.plugin_utils import _look
from hypothesis import given
from hypothesis import strategies as st

lines = st.lists(st.text(st.characters(codec="ascii", exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85"), max_size=20))


@given(lines, lines)
def test_a_look_is_good_exactly_when_all_is_there_and_nothing_unwanted(text, expected):
    patterns = [re.escape(line) for line in expected]
    verdict = _look.judge("\n".join(text), patterns, [])
    assert verdict["ok"] == (not verdict["missing"])
    assert all(any(line in there for there in text) for line in expected if re.escape(line) not in verdict["missing"])


@given(lines)
def test_what_must_not_be_seen_makes_a_look_bad(text):
    for line in filter(None, text):
        assert not _look.judge("\n".join(text), [], [re.escape(line)])["ok"]


def test_each_seen_line_is_told_once_and_in_its_order():
    verdict = _look.judge("b\na\nb\nnoise\n", ["a", "b"], [])
    assert verdict["seen"] == ["b", "a"]


def test_where_nothing_is_recognised_the_last_words_are_shown():
    assert _look.judge("1\n2\n3\n4\n5\n", ["never"], [])["seen"] == ["2", "3", "4", "5"]


def test_a_program_that_does_not_end_is_ended_with_all_it_started():
    sleep = f"sleep 98{os.getpid()}"        # nobody else's
    text = _look.run(["sh", "-c", f"{sleep} & echo started; wait"], {"PATH": "/bin:/usr/bin"}, 1, ["started"], None)
    assert text == "started\n"
    assert _look.processes(f"^{sleep}$", 2, [], ["sleep"]) == ""


def test_a_program_is_ended_as_soon_as_its_last_words_are_there():
    program = "import time; print('refused', flush=True); time.sleep(60)"
    assert _look.run([sys.executable, "-c", program], {}, 30, ["refused"], "refused") == "refused\n"


def test_a_log_is_read_on_where_it_ended(tmp_path):
    log = tmp_path / "log"
    log.write_text("old line\nnew line\n")
    assert _look.follow(str(log), len("old line\n"), 0.1, ["new"], []) == "new line\n"


def test_a_log_that_is_not_there_yet_is_empty(tmp_path):
    assert _look.follow(str(tmp_path / "none"), 0, 0.1, ["x"], []) == ""


def test_an_answer_is_shown_with_its_status(server):
    text = _look.fetch(server + "/state", None, None, 1, ["HTTP 200"], [])
    assert text.splitlines()[0] == "HTTP 200 OK"
    assert json.loads(text.partition("\n")[2]) == {"path": "/state"}


def test_a_refused_connection_is_an_answer():
    assert _look.fetch("http://127.0.0.1:9/", None, None, 0, [], []).startswith("no answer: ")


@pytest.fixture
def server():
    """A server that answers every GET with its path."""
    import http.server
    import threading

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"path": self.path}).encode())

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
