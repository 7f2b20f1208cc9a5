"""Published files come whole and verified, or not at all, with words that help."""

import csv
import hashlib
import http.server
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from latentearth.io import InputError
from support import published_files

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "data" / "sources.csv"
MIRROR = os.environ.get("LATENTEARTH_MIRROR")
NAME = "somebody/project/data/ring.obj"
CONTENT = bytes(range(256)) * 20_000  # 5 MB: more than one piece of a download


def source_of(content, url="https://127.0.0.1:9/ring.obj", **changes):
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    row = {
        "name": NAME,
        "paper": "scheiter2022",
        "url": url,
        "commit": "0" * 40,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "git_blob_sha1": blob,
        "licence": "MIT",
        "figures": ("fig02", "fig03"),
    }
    return {NAME: published_files.Source(**{**row, **changes})}


def put(folder, content):
    (folder / NAME).parent.mkdir(parents=True)
    (folder / NAME).write_bytes(content)
    return folder


def left_behind(folder):
    """Files below a folder, the temporary and hidden ones too."""
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


@pytest.fixture
def server(monkeypatch):
    """Local web server that answers by path; records how often it was asked."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(http.server.BaseHTTPRequestHandler):
        asked = 0

        def do_GET(self):
            type(self).asked += 1
            if self.path == "/gone" or (self.path == "/busy" and self.asked < 3):
                self.send_error(404 if self.path == "/gone" else 503)
                return
            if self.path.startswith("/to-"):
                self.send_response(302)
                self.send_header(
                    "Location",
                    {
                        "/to-file": "file:///etc/passwd",
                        "/to-ring": "/ring",
                    }[self.path],
                )
                self.end_headers()
                return
            half = self.path == "/always-half" or (self.path == "/half" and self.asked < 3)
            self.send_response(200)
            if self.path != "/no-length":
                self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            if self.path == "/endless":
                self.wfile.write(CONTENT * 3)
            else:
                self.wfile.write(CONTENT[: len(CONTENT) // 2] if half else CONTENT)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", Handler
        running.shutdown()
        thread.join()


def download(url, destination, **changes):
    sources = source_of(CONTENT, url, **changes)
    return published_files.fetch(NAME, destination, sources, schemes=("http",), pause=0, timeout=5)


# --- Local folders -------------------------------------------------------------------------------


@pytest.mark.parametrize("known", ["sha256", "git_blob_sha1"])
def test_from_the_mirror(tmp_path, known):
    changes = {} if known == "sha256" else {"sha256": "", "bytes": None}
    destination = tmp_path / "out" / NAME
    mirror = put(tmp_path / "mirror", CONTENT)
    found = published_files.fetch(NAME, destination, source_of(CONTENT, **changes), mirror=mirror)
    assert found == destination and destination.read_bytes() == CONTENT


def test_the_blob_id_is_that_of_git(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"Latent Earth\n")
    asked = subprocess.run(["git", "hash-object", path], capture_output=True, text=True, check=True)
    source = source_of(b"Latent Earth\n", sha256="")[NAME]
    assert published_files.expected(source) == published_files.found(path, source)
    assert asked.stdout.strip() in published_files.expected(source)


@pytest.mark.parametrize("known", ["sha256", "git_blob_sha1"])
@pytest.mark.parametrize(
    "content",
    [b"", CONTENT[:-1], CONTENT + b"\0", b"\1" + CONTENT[1:]],
    ids=["empty", "truncated", "longer", "one byte"],
)
def test_a_wrong_file_in_the_mirror(tmp_path, content, known):
    changes = {} if known == "sha256" else {"sha256": ""}
    sources = source_of(CONTENT, **changes)
    destination = tmp_path / "out" / NAME
    mirror = put(tmp_path / "mirror", content)
    with pytest.raises(InputError) as caught:
        published_files.fetch(NAME, destination, sources, mirror=mirror)
    message = str(caught.value)
    for part in (
        str(mirror / NAME),
        published_files.expected(sources[NAME]),
        published_files.found(mirror / NAME, sources[NAME]),
        "scheiter2022 fig02, fig03",
        sources[NAME].url,
        f"put it at {destination}",
    ):
        assert part in message
    assert not left_behind(tmp_path / "out")
    assert (mirror / NAME).read_bytes() == content


def test_missing_in_the_mirror(tmp_path):
    with pytest.raises(InputError, match=r"no file there.*fig02, fig03.*https://.*by hand"):
        published_files.fetch(NAME, tmp_path / "out" / NAME, source_of(CONTENT), mirror=tmp_path)
    assert not left_behind(tmp_path / "out")


def test_a_supplied_file_comes_first_and_is_verified(tmp_path):
    supplied = put(tmp_path / "supplied", CONTENT)
    destination = tmp_path / "out" / NAME
    published_files.fetch(NAME, destination, source_of(CONTENT), mirror=tmp_path, supplied=supplied)
    assert destination.read_bytes() == CONTENT
    (supplied / NAME).write_bytes(b"something else")
    with pytest.raises(InputError, match=f"put it at {supplied / NAME}"):
        published_files.fetch(NAME, tmp_path / "other", source_of(CONTENT), supplied=supplied)
    assert not (tmp_path / "other").exists()


def test_a_good_file_is_kept(tmp_path):
    destination = put(tmp_path, CONTENT) / NAME
    before = destination.stat()
    published_files.fetch(NAME, destination, source_of(CONTENT))  # the address would not answer
    after = destination.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_bad_file_is_reported_and_left_alone(tmp_path):
    destination = put(tmp_path, b"precious") / NAME
    mirror = put(tmp_path / "mirror", CONTENT)
    with pytest.raises(InputError, match=r"sha256 .* 8 bytes"):
        published_files.fetch(NAME, destination, source_of(CONTENT), mirror=mirror)
    assert destination.read_bytes() == b"precious"


def test_an_unknown_name(tmp_path):
    with pytest.raises(InputError, match="no/such/file"):
        published_files.fetch("no/such/file", tmp_path / "x", source_of(CONTENT))


# --- Downloads -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/ring", "/no-length", "/to-ring"])
def test_download(tmp_path, server, path, capsys):
    url, _ = server
    assert download(url + path, tmp_path / "out" / NAME).read_bytes() == CONTENT
    assert left_behind(tmp_path / "out") == [tmp_path / "out" / NAME]


@pytest.mark.parametrize("path", ["/half", "/busy"])
def test_the_third_attempt_succeeds(tmp_path, server, path):
    url, handler = server
    assert download(url + path, tmp_path / NAME).read_bytes() == CONTENT
    assert handler.asked == 3


@pytest.mark.parametrize("size", [len(CONTENT), None])
def test_a_download_that_always_breaks_off(tmp_path, server, size):
    url, handler = server
    with pytest.raises(InputError, match=r"no whole answer .*fig02, fig03.*by hand"):
        download(f"{url}/always-half", tmp_path / "out" / NAME, bytes=size)
    assert handler.asked == 3
    assert not left_behind(tmp_path / "out")


def test_a_file_that_is_not_there_is_asked_for_once(tmp_path, server):
    url, handler = server
    with pytest.raises(InputError, match="404"):
        download(f"{url}/gone", tmp_path / "out" / NAME)
    assert handler.asked == 1
    assert not left_behind(tmp_path / "out")


@pytest.mark.parametrize("path", ["/ring", "/endless"])
def test_a_download_with_the_wrong_content(tmp_path, server, path):
    url, _ = server
    with pytest.raises(InputError, match=r"sha256 .*; expected sha256 0{64}"):
        download(url + path, tmp_path / "out" / NAME, sha256="0" * 64)
    assert not left_behind(tmp_path / "out")


def test_no_network(tmp_path):
    with socket.socket() as free:  # bound, but nobody listens
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/ring"
        with pytest.raises(InputError, match=r"no whole answer .*refused"):
            download(url, tmp_path / "out" / NAME)
    assert not left_behind(tmp_path / "out")


def test_only_https_is_asked(tmp_path, server):
    url, handler = server
    for other in (url, "file:///etc/passwd", "ftp://127.0.0.1/ring"):
        with pytest.raises(InputError, match="address of another kind"):
            published_files.fetch(NAME, tmp_path / NAME, source_of(CONTENT, other), pause=0)
    assert handler.asked == 0
    with pytest.raises(InputError, match="no whole answer"):
        download(f"{url}/to-file", tmp_path / NAME)  # redirected to a file of this machine


def test_an_interrupted_download_leaves_nothing(tmp_path, server, monkeypatch):
    url, _ = server
    calls = []

    def stop(items, *_):
        for item in items:
            yield item
            calls.append(len(item))
            raise KeyboardInterrupt

    monkeypatch.setattr(published_files, "progress", stop)
    with pytest.raises(KeyboardInterrupt):
        download(f"{url}/ring", tmp_path / "out" / NAME)
    assert calls == [published_files.BYTES_AT_ONCE]
    assert not left_behind(tmp_path / "out")


# --- The table -----------------------------------------------------------------------------------


def test_every_source_is_complete():
    sources = published_files.read_sources(TABLE)
    assert len(sources) == 48
    for name, source in sources.items():
        owner, project, path = name.split("/", 2)
        assert source.url.endswith(f"/{owner}/{project}/{source.commit}/{path}")
        assert source.url.startswith("https://")
        assert len(source.git_blob_sha1) == 40 and len(source.sha256) in (0, 64)
        assert source.licence and source.paper
        assert (source.bytes is None) == (source.sha256 == "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "../../etc/passwd"}, "inside its folder"),
        ({"name": "/etc/passwd"}, "inside its folder"),
        ({"sha256": "", "git_blob_sha1": ""}, "no checksum"),
        ({"bytes": "many"}, "line 2"),
    ],
)
def test_a_wrong_row(tmp_path, change, message):
    with open(TABLE, newline="", encoding="utf-8") as handle:
        row = {**next(csv.DictReader(handle)), **change}
    path = tmp_path / "sources.csv"
    with open(path, "w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, row)
        writer.writeheader()
        writer.writerow(row)
    with pytest.raises(InputError, match=message):
        published_files.read_sources(path)


def test_the_tool_that_makes_the_table(tmp_path):
    """The table's own facts, given back to the tool, give the table."""
    with open(TABLE, newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        owner, project, row["path"] = row["name"].split("/", 2)
        row["repository"] = f"{owner}/{project}"
    index = tmp_path / "INDEX.csv"
    with open(index, "w", newline="", encoding="utf-8") as handle:
        columns = ("paper", "repository", "commit", "path", "bytes", "sha256", "git_blob_sha1")
        writer = csv.DictWriter(handle, (*columns, "licence"), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    command = [sys.executable, ROOT / "data" / "make_sources.py", index]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    assert made.stdout == TABLE.read_text(encoding="utf-8")


@pytest.mark.published
@pytest.mark.skipif(not MIRROR, reason="LATENTEARTH_MIRROR is not set")
def test_the_published_files(tmp_path):
    """Every mirrored file passes by sha256 and by git blob id alike."""
    sources = published_files.read_sources(TABLE)
    there = [name for name in sources if Path(MIRROR, name).is_file()]
    assert len(there) > 20
    for name in there:
        destination = published_files.fetch(name, tmp_path / name, sources, mirror=MIRROR)
        blob = published_files.Source(**{**vars(sources[name]), "sha256": ""})
        published_files.verify(destination, blob, destination)
