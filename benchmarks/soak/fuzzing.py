"""A million inputs for importers and uploads: no crash, no hang, no memory beyond a limit.

`python -m benchmarks.soak.fuzzing TARGET RUNS SEED [atheris|hypothesis]` fuzzes one target in this process and prints
what it found, as one line of JSON. Atheris changes inputs by the coverage of `matcher.importers` and the service's
imports; hypothesis draws them, and is all there is where atheris is not installed.
"""

import base64
import faulthandler
import importlib.util
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from benchmarks.fresh import ROOT, MeasuringError, environment
from benchmarks.measuring import SEED, Figure, Result
from benchmarks.reading import status_bytes

LONGEST_SECONDS = 10
"""Of processor time for one input; whatever takes longer hangs."""
MOST_MEMORY = 1_000_000_000
"""Bytes that a process may hold at its peak."""
MOST_ADDRESSES = 4_000_000_000
"""It may ask for no more; libraries are mapped that are not used."""
MOST_SECONDS = 1_800
"""A safety net for one target."""
MOST_FINDINGS = 20
RUNS = {
    "texts": 420_000,
    "values": 300_000,
    "headers": 120_000,
    "tables": 110_000,
    "workbooks": 30_000,
    "programmes": 50_000,
    "stretched": 2_000,
    "uploads": 5_000,
}
"""Inputs by atheris; hypothesis adds some of each."""
DRAWN = 2_000
_INSTRUMENTED = ["matcher.importers", "api.work.importing", "api.routes.imports"]


class HangError(BaseException):
    """An input took longer than it may; nothing that is fuzzed catches it."""


class Watched:
    """Feeds inputs to a target, and keeps those that crash it or that it does not come back from in time."""

    def __init__(self, feed: Callable[[bytes], None], kept: Path) -> None:
        self.inputs = 0
        self.findings: dict[str, dict[str, Any]] = {}
        self.slowest = 0.0
        self._feed = feed
        self._kept = kept.open("wb", buffering=0)
        signal.signal(signal.SIGPROF, _hang)

    def __call__(self, data: bytes) -> None:
        """Feed one input; it stands in a file until it is done, should the process end by it."""
        self.inputs += 1
        os.pwrite(self._kept.fileno(), len(data).to_bytes(4, "little") + data, 0)
        if self.inputs % 100 == 1:  # where no signal gets through
            faulthandler.dump_traceback_later(100 * LONGEST_SECONDS, exit=True)
        signal.setitimer(signal.ITIMER_PROF, LONGEST_SECONDS)
        began = time.process_time()
        try:
            self._feed(data)
        except HangError as hang:
            self._note("hang", hang, data)
        except Exception as error:  # each one is a finding
            self._note("crash", error, data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        self.slowest = max(self.slowest, time.process_time() - began)

    def close(self) -> None:
        """Watch no longer."""
        faulthandler.cancel_dump_traceback_later()
        self._kept.close()

    def _note(self, what: str, error: BaseException, data: bytes) -> None:
        """Keep one input for each kind of error at each place, the shortest."""
        places = [one for one in traceback.extract_tb(error.__traceback__) if "fuzzing" not in one.filename]
        at = [f"{Path(one.filename).name}:{one.name}" for one in places if "/lib/python" not in one.filename][-2:]
        key = f"{what} {type(error).__name__} {' '.join(at)}"
        known = self.findings.get(key)
        if (known and len(known["input"]) <= len(data) * 4 // 3) or (not known and len(self.findings) >= MOST_FINDINGS):
            return
        told = f"{type(error).__name__}: {str(error)[:300]!a}"
        self.findings[key] = {"what": what, "error": told, "at": at, "input": base64.b64encode(data).decode()}


def _hang(*_: object) -> NoReturn:
    raise HangError(f"more than {LONGEST_SECONDS} s of processor time")


def fuzz(target: str, runs: int, seed: int, by: str, folder: Path) -> dict[str, Any]:
    """Fuzz a target in this process with so many inputs, and return what was found."""
    if by == "hypothesis":
        return _by_hypothesis(target, runs, seed, folder)
    import atheris  # type: ignore[import-untyped]  # it is installed, or this is not asked for

    with atheris.instrument_imports(include=_INSTRUMENTED, enable_loader_override=False):
        from benchmarks.soak.targets import TARGETS
    chosen = TARGETS[target]
    watched = Watched(chosen.feed(folder), folder / "input")
    end = time.monotonic() + MOST_SECONDS
    began = time.monotonic()

    def feed(data: bytes) -> None:
        watched(data)
        if watched.inputs >= runs or time.monotonic() > end:  # atheris would end without a word
            _print_and_leave(_told(watched, time.monotonic() - began))

    corpus = folder / "corpus"
    corpus.mkdir()
    for number, content in enumerate(chosen.seeds()):
        (corpus / f"{number:03}").write_bytes(content)
    words = folder / "words"
    words.write_text("\n".join(_words()) + "\n", encoding="ascii")
    options = {
        "seed": seed,
        "max_len": chosen.longest,
        "runs": 2 * runs,
        "dict": words,
        "artifact_prefix": f"{folder}/",
    }
    options |= {"timeout": 60 * LONGEST_SECONDS, "rss_limit_mb": 0}  # both are looked after here
    atheris.Setup(["fuzzing", str(corpus), *(f"-{name}={value}" for name, value in options.items())], feed)
    atheris.Fuzz()
    raise MeasuringError("atheris came back before its inputs were done")


def _by_hypothesis(target: str, runs: int, seed: int, folder: Path) -> dict[str, Any]:
    import hypothesis

    from benchmarks.soak.drawing import drawn_inputs
    from benchmarks.soak.targets import TARGETS

    chosen = TARGETS[target]
    watched = Watched(chosen.feed(folder), folder / "input")
    quiet = list(hypothesis.HealthCheck)

    @hypothesis.seed(seed)
    @hypothesis.settings(max_examples=runs, database=None, deadline=None, suppress_health_check=quiet)
    @hypothesis.given(drawn_inputs(target, chosen.seeds()))
    def feed(data: bytes) -> None:
        watched(data)

    began = time.monotonic()
    feed()
    return _told(watched, time.monotonic() - began)


def _words() -> Iterator[str]:
    """Give the pieces that inputs are made of, as libFuzzer reads them."""
    from benchmarks.soak.drawing import WORDS

    for word in WORDS:
        yield '"' + "".join(f"\\x{code:02x}" for code in word.encode()) + '"'


def _told(watched: Watched, seconds: float) -> dict[str, Any]:
    watched.close()
    return {
        "inputs": watched.inputs,
        "seconds": round(seconds, 1),
        "inputs_per_second": round(watched.inputs / max(seconds, 0.001)),
        "slowest_seconds": round(watched.slowest, 2),
        "peak_bytes": status_bytes("VmHWM"),
        "findings": list(watched.findings.values()),
    }


def _print_and_leave(told: dict[str, Any]) -> NoReturn:
    print(json.dumps(told), flush=True)
    os._exit(0)


def fuzzed(target: str, runs: int, seed: int, by: str) -> dict[str, Any]:
    """Fuzz a target in a process of its own; one that dies is a crash, of the input that it died by."""
    with _memory_folder() as folder:
        command = [sys.executable, "-m", "benchmarks.soak.fuzzing", target, str(runs), str(seed), by, str(folder)]
        with (folder / "log").open("w+b") as log:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={**environment(1), "PYTHONHASHSEED": "0"},
                stdout=subprocess.PIPE,
                stderr=log,
                timeout=MOST_SECONDS + 600,
            )
            log.seek(0)
            said = log.read()
        asked = {"target": target, "by": by, "seed": seed, "asked": runs}
        if done.returncode == 0 and done.stdout:
            return {**asked, **json.loads(done.stdout.splitlines()[-1]), "coverage": _coverage(said)}
        kept = folder / "input"
        data = kept.read_bytes() if kept.exists() else b""
        data = data[4 : 4 + int.from_bytes(data[:4], "little")]
        error = f"the process ended with {done.returncode}: {said[-1_500:].decode(errors='replace')}"
        finding = {"what": "crash", "error": error, "at": [], "input": base64.b64encode(data).decode()}
        return {**asked, "inputs": 0, "seconds": 0.0, "peak_bytes": 0, "slowest_seconds": 0.0, "findings": [finding]}


@contextmanager
def _memory_folder() -> Iterator[Path]:
    """Give a folder in memory where there is one."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # the name in it is random
    folder = Path(tempfile.mkdtemp(prefix="fuzzing-", dir=memory))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _coverage(said: bytes) -> list[int] | None:
    """Return how many places in the code inputs had come to after the first one, and at the end."""
    counts = [int(line.split(b"cov: ")[1].split()[0]) for line in said.splitlines() if b"cov: " in line]
    return [counts[0], counts[-1]] if counts else None


def run_with(runs: Mapping[str, int], drawn: int, seed: int = SEED) -> Result:
    """Fuzz each target with so many inputs by atheris, where it is installed, and `drawn` by hypothesis."""
    has_atheris = importlib.util.find_spec("atheris") is not None
    asked = [(target, count, "atheris" if has_atheris else "hypothesis") for target, count in runs.items()]
    if drawn:
        few = {"stretched", "uploads"}
        asked += [(target, drawn // 10 if target in few else drawn, "hypothesis") for target in runs]
    told = [fuzzed(target, count, seed + place, by) for place, (target, count, by) in enumerate(asked)]
    found = [one for each in told for one in each["findings"]]
    inputs = sum(each["inputs"] for each in told)
    peak = max(each["peak_bytes"] for each in told)
    crashes, hangs = (sum(one["what"] == what for one in found) for what in ("crash", "hang"))
    by_target = ", ".join(f"{name} {sum(one['inputs'] for one in told if one['target'] == name):,}" for name in runs)
    slowest = max(each["slowest_seconds"] for each in told)
    return Result(
        on="importers and uploads, in processes of their own",
        figures=[
            Figure(what="inputs", ratio=inputs, limit=sum(runs.values()), at_least=True, detail=by_target),
            Figure(what="crashes", ratio=crashes, limit=0, detail="any error that is not meant for a user"),
            Figure(
                what="hangs", ratio=hangs, limit=0, detail=f"over {LONGEST_SECONDS} s; the slowest took {slowest} s"
            ),
            Figure(
                what="peak memory of a process (MB)",
                ratio=peak / 1e6,
                limit=MOST_MEMORY / 1e6,
                detail=f"address space was limited to {MOST_ADDRESSES / 1e6:,.0f} MB",
            ),
        ],
        raw={"targets": told, "atheris": has_atheris},
    )


def run() -> Result:
    """Fuzz with a million inputs."""
    return run_with(RUNS, DRAWN)


def _main() -> None:
    target, runs, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    by = sys.argv[4] if len(sys.argv) > 4 else "atheris"
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))  # what fails is told as a finding
    if len(sys.argv) > 5:
        _print_and_leave(fuzz(target, runs, seed, by, Path(sys.argv[5])))
    with _memory_folder() as folder:
        print(json.dumps(fuzz(target, runs, seed, by, folder)), flush=True)


if __name__ == "__main__":
    _main()
