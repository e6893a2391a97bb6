"""A command line that says what is wrong in one sentence and ends with a status: 0, 1 or 2."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from engines.reading import BadDocument

FINE, BROKEN, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def run(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> int:
    """Run the command that was asked for; returns its exit status: 0 fine, 1 rules broken, 2 bad input."""
    options = parser.parse_args(arguments)
    try:
        if path := getattr(options, "output", None):
            expect_writable(path)
        return int(options.run(options))
    except BrokenPipeError:
        raise
    except (BadDocument, OSError) as error:
        complaint = str(error) if isinstance(error, BadDocument) else f"{error.filename or 'files'}: {error.strerror}"
        print(complaint, file=sys.stderr)
        if options.json:
            print(json.dumps({"error": complaint}, ensure_ascii=False))
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


def expect_writable(path: Path) -> None:
    """Refuse before the work what could not be written after it."""
    if path.is_dir():
        raise BadDocument(str(path), "is a folder, so nothing can be written there; name a file")
    if not path.parent.is_dir():
        raise BadDocument(str(path), "the folder is not there; make it first")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise BadDocument(str(path), "cannot be written")


def say(words: str) -> None:
    """Words for a person, beside the data on stdout."""
    print(words, file=sys.stderr)


def show(data: Any) -> None:
    """Data on stdout."""
    print(json.dumps(data, ensure_ascii=False, indent=1))


def write(path: Path, data: Any) -> None:
    """Data into a file."""
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def as_process(main: Callable[[], int]) -> int:
    """Run as a process: whoever reads our words may stop reading, or may not know every letter."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = FINE
    return status
