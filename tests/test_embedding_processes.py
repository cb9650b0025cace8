"""Encoding spread over processes: the same bytes, kept batch by batch, and nothing left behind however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher import spreading
from matcher.embeddings import BATCH, embed, text_hash
from matcher.encoders import Encoder, Side
from matcher.encoders.hashing import HashingEncoder
from matcher.encoders.opening import ENCODERS, open_encoder
from matcher.encoding_process import EncodingProcess, ProcessFailedError
from matcher.errors import EncoderError
from matcher.machine import cores, free_bytes
from matcher.settings import Settings
from matcher.spreading import NEEDS, SPREAD_BATCH, SpreadEncoder, how_many
from matcher.workspace import Workspace

TEXTS = [f"Sensor {number} finds {'leaks ' * (number % 7)}in pipes." for number in range(3 * SPREAD_BATCH - 40)]
ODD = ["\ud800 lone surrogate", "日本語のテキスト", "\x00", "line\nbreak", "?!", "long " * 2000, "ﬁ ½"]
needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="processes are looked up in /proc")


class MemoryCache:
    """Keeps vectors, and what was kept at a time."""

    def __init__(self) -> None:
        self.kept: dict[str, NDArray[np.float32]] = {}
        self.batches: list[list[str]] = []

    def load_vectors(self, encoder: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        return {hash: self.kept[hash] for hash in hashes if hash in self.kept}

    def keep_vectors(self, encoder: str, hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        self.batches.append(list(hashes))
        self.kept.update(zip(hashes, vectors, strict=True))


class StoppedError(Exception):
    """What a job raises where it is cancelled."""


def spread(name: str = "hashing", processes: int = 2) -> SpreadEncoder:
    return SpreadEncoder(name, processes, least=1)


def encoding_processes(parent: int) -> list[int]:
    """Return the processes that encode for a process."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            lines = (folder / "status").read_text().splitlines() if folder.name.isdigit() else []
            if f"PPid:\t{parent}" in lines and b"encoding_process" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:  # it has ended meanwhile
            continue
    return found


def is_ignored(process: int, number: int) -> bool:
    """Tell whether a process ignores a signal."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    (ignored,) = (int(line.split()[1], 16) for line in lines if line.startswith("SigIgn:"))
    return bool(ignored >> (number - 1) & 1)


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


@pytest.mark.parametrize(("name", "side"), [("hashing", "passage"), ("use", "query")])
def test_processes_give_the_same_bytes_in_the_same_order_as_none(name: str, side: Side) -> None:
    texts = [*TEXTS[: SPREAD_BATCH + 1], *ODD, TEXTS[0]]
    one, several = MemoryCache(), MemoryCache()
    alone = embed(texts, open_encoder(name), one, side=side)
    assert embed(texts, spread(name), several, side=side).tobytes() == alone.tobytes()
    assert list(several.kept) == list(one.kept)


def test_batches_hold_texts_of_like_length_and_are_kept_the_shortest_first() -> None:
    cache, seen = MemoryCache(), []
    embed(TEXTS, spread(), cache, lambda done, total: seen.append((done, total)))
    by_hash = {text_hash(text): len(text) for text in TEXTS}
    lengths = [by_hash[hash] for batch in cache.batches for hash in batch]
    assert lengths == sorted(lengths)
    assert [len(batch) for batch in cache.batches] == [SPREAD_BATCH, SPREAD_BATCH, len(TEXTS) - 2 * SPREAD_BATCH]
    total = len(TEXTS)
    assert sorted(set(seen)) == [(0, total), (SPREAD_BATCH, total), (2 * SPREAD_BATCH, total), (total, total)]
    assert seen == sorted(seen)


@needs_proc
@pytest.mark.parametrize("stop", [KeyboardInterrupt, StoppedError])
def test_an_interrupt_ends_the_processes_loses_nothing_that_was_kept_and_the_next_run_goes_on(
    stop: type[BaseException],
) -> None:
    cache, during = MemoryCache(), []

    def interrupt(done: int, total: int) -> None:
        if done:
            during.extend(encoding_processes(os.getpid()))
            raise stop

    with pytest.raises(stop):
        embed(TEXTS, spread(), cache, interrupt)
    assert (len(during), encoding_processes(os.getpid())) == (2, [])
    assert len(cache.kept) == SPREAD_BATCH
    totals: list[int] = []
    vectors = embed(TEXTS, spread(processes=1), cache, lambda done, total: totals.append(total))
    assert totals[0] == len(TEXTS) - SPREAD_BATCH
    assert vectors.tobytes() == HashingEncoder().encode(TEXTS).tobytes()


@needs_proc
def test_an_interrupt_while_nothing_is_ready_yet_ends_the_processes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "_POLL_SECONDS", 0.001)  # opening an encoder takes longer
    calls = []

    def interrupt(done: int, total: int) -> None:
        calls.append(done)
        if len(calls) == 3:
            raise StoppedError

    with pytest.raises(StoppedError):
        embed(TEXTS, spread(), MemoryCache(), interrupt)
    assert (calls, encoding_processes(os.getpid())) == ([0, 0, 0], [])


@needs_proc
def test_a_process_that_is_killed_ends_in_an_error_that_says_how_to_go_on() -> None:
    cache = MemoryCache()

    def kill(done: int, total: int) -> None:
        for process in encoding_processes(os.getpid()) if done else []:
            os.kill(process, signal.SIGKILL)

    many = [f"{text} {again}" for text in TEXTS for again in range(6)]
    with pytest.raises(EncoderError, match=r"killed by signal 9\. What was encoded before is kept.*PROCESSES=1\."):
        embed(many, spread(), cache, kill)
    assert encoding_processes(os.getpid()) == []
    assert SPREAD_BATCH <= len(cache.kept) < len(many)
    assert embed(many, spread(processes=1), cache).tobytes() == HashingEncoder().encode(many).tobytes()


@needs_proc
def test_a_process_that_encodes_is_not_ended_by_control_c_and_has_one_thread() -> None:
    environments = []

    def interrupt_the_others(done: int, total: int) -> None:
        for process in encoding_processes(os.getpid()) if done == SPREAD_BATCH else []:
            environments.append(Path(f"/proc/{process}/environ").read_bytes().split(b"\0"))
            assert os.getpgid(process) == process  # the terminal sends it nothing
            until(lambda one=process: is_ignored(one, signal.SIGINT))
            os.kill(process, signal.SIGINT)

    many = [f"{text} {again}" for text in TEXTS for again in range(6)]
    vectors = embed(many, spread(processes=1), MemoryCache())
    assert embed(many, spread(), MemoryCache(), interrupt_the_others).tobytes() == vectors.tobytes()
    assert environments
    for environment in environments:
        assert {b"OPENBLAS_NUM_THREADS=1", b"OMP_NUM_THREADS=1", b"MKL_NUM_THREADS=1"} <= set(environment)


@needs_proc
def test_no_process_outlives_a_program_that_is_killed() -> None:
    code = (
        "import time\n"
        "from matcher.encoding_process import EncodingProcess\n"
        "processes = [EncodingProcess('hashing', '') for _ in range(2)]\n"
        "print('begun', flush=True)\n"
        "time.sleep(600)\n"
    )
    program = [sys.executable, "-c", code]
    with subprocess.Popen(program, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": ":".join(sys.path)}) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"begun\n"
        processes = encoding_processes(run.pid)
        run.kill()
    assert len(processes) == 2
    until(lambda: not any(Path(f"/proc/{process}/status").exists() for process in processes))


def test_an_encoder_that_cannot_be_opened_again_says_why() -> None:
    encoder = spread()
    encoder.opened_as = "hashing:large"
    with pytest.raises(EncoderError, match="takes no model; write hashing"):
        embed(TEXTS, encoder)


def test_an_encoder_whose_files_were_changed_meanwhile_is_refused() -> None:
    encoder = spread()
    encoder.name = "hashing as it was"
    with pytest.raises(EncoderError, match=r"was hashing as it was when this began.*same command again"):
        embed(TEXTS, encoder)


def test_processes_that_cannot_be_started_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/absent/python")
    with pytest.raises(EncoderError, match=r"2 processes .* could not be started: .*MATCHER_PROCESSES=1"):
        embed(TEXTS, spread())


def test_what_an_encoder_stumbles_over_is_told_and_the_process_lives_on() -> None:
    process = EncodingProcess("hashing", HashingEncoder().name)
    try:
        with pytest.raises(ProcessFailedError, match="failed: AttributeError"):
            process.encode([7], "passage")  # type: ignore[list-item]  # no text
        assert process.encode(["seven"], "passage").tobytes() == HashingEncoder().encode(["seven"]).tobytes()
    finally:
        process.kill()
        process.close()


def test_a_process_that_dies_of_itself_tells_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.encoding_process._COMMAND", "raise SystemExit('no room')")
    process = EncodingProcess("hashing", "")
    try:
        with pytest.raises(ProcessFailedError, match=r"ended with exit code 1 \(no room\)"):
            process.encode(["text"], "passage")
    finally:
        process.close()


def test_few_texts_and_queries_stay_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.spreading.EncodingProcess", None)  # starting one would fail
    least = NEEDS["hashing"].texts
    encoder = SpreadEncoder("hashing", processes=8)
    assert [how_many(encoder, count) for count in (0, 1, least - 1, least)] == [1, 1, 1, 8]
    assert embed(TEXTS, encoder).tobytes() == encoder.encode(TEXTS).tobytes()
    assert len(TEXTS) < least


def test_an_encoder_without_a_name_to_open_it_by_is_used_in_this_process() -> None:
    class Counting(HashingEncoder):
        batches: list[int] = []  # noqa: RUF012  # of this test alone

        def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
            self.batches.append(len(texts))
            return super().encode(texts, side)

    encoder: Encoder = Counting(8)
    assert how_many(encoder, 10**6) == 1
    embed([f"text {number}" for number in range(BATCH + 1)], encoder)
    assert encoder.batches == [BATCH, 1]  # type: ignore[attr-defined]  # of this test's own encoder


@pytest.mark.parametrize(
    ("asked", "has", "free", "texts", "expected"),
    [
        (0, 4, 10**10, 10**5, 4),  # all cores
        (0, 4, 1_000_000_000, 10**5, 3),  # 80 % of the free memory hold three of 250 MB
        (0, 4, 100_000_000, 10**5, 1),  # no room for another process
        (0, 16, None, 10**5, 2),  # nobody says what is free
        (1, 4, 10**10, 10**5, 1),  # none beside this one
        (6, 4, 100_000_000, 10**5, 6),  # whoever names a number gets it
        (6, 4, 10**10, 2 * SPREAD_BATCH + 1, 3),  # not more than batches
    ],
)
def test_processes_are_as_many_as_cores_memory_batches_and_the_setting_allow(
    monkeypatch: pytest.MonkeyPatch, asked: int, has: int, free: int | None, texts: int, expected: int
) -> None:
    monkeypatch.setattr("matcher.spreading.cores", lambda: has)
    monkeypatch.setattr("matcher.spreading.free_bytes", lambda: free)
    assert how_many(spread("use", asked), texts) == expected


def test_every_encoder_says_what_a_process_of_it_needs() -> None:
    assert set(NEEDS) == set(ENCODERS)


def test_a_workspace_opens_its_encoder_with_the_processes_of_its_settings() -> None:
    settings = Settings.from_env({"MATCHER_PROCESSES": "3", "MATCHER_ENCODER": "hashing"})
    encoder = Workspace(settings).encoder
    assert isinstance(encoder, SpreadEncoder)
    assert (encoder.opened_as, encoder.processes, encoder.least) == ("hashing", 3, NEEDS["hashing"].texts)
    plain = HashingEncoder()
    assert (encoder.name, encoder.dimensions, encoder.languages) == (plain.name, plain.dimensions, plain.languages)
    assert Settings().processes == 0


def made(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content + "\n", encoding="utf-8")
    return root


def test_free_memory_is_what_the_system_calls_available(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) is None
    made(tmp_path, {"proc/meminfo": "MemTotal:  16 kB\nMemAvailable:    8 kB"})
    assert free_bytes(tmp_path) == 8 * 1024


def test_a_container_leaves_what_the_tightest_of_its_groups_leaves(tmp_path: Path) -> None:
    group = "sys/fs/cgroup/ours"
    files = {
        "proc/meminfo": "MemAvailable: 1000 kB",
        "proc/self/cgroup": "0::/ours/inner",
        f"{group}/memory.max": "5000",
        f"{group}/memory.current": "4000",
        f"{group}/memory.stat": "anon 3500\ninactive_file 300",
        f"{group}/cpu.max": "150000 100000",
        f"{group}/inner/memory.max": "max",
        f"{group}/inner/memory.current": "4000",
        f"{group}/inner/cpu.max": "max 100000",
    }
    assert free_bytes(made(tmp_path, files)) == 1300
    assert cores(tmp_path) == min(2, cores(tmp_path / "none"))
    assert cores(made(tmp_path, {f"{group}/inner/cpu.max": "1000 100000"})) == 1
