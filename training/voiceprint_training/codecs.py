"""A second copy of the speech after low-rate codecs, made once with ffmpeg.

The recordings are taken in stretches of about 80 s; each stretch is coded and decoded by one codec drawn at random.
Result, in the working folder: audio.coded.i16, the same length as audio.i16 and sample for sample in the same place
(to within the codec's own delay of a few milliseconds).

ffmpeg's GSM full rate and Speex stand for the CELP family that AMR belongs to; its AMR encoders are rarely built in.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from .paths import work_dir

RATE = 16000
CODECS: dict[str, tuple[str, list[str]]] = {
    "gsm full rate 13 kbit/s": ("gsm", ["-c:a", "libgsm", "-ar", "8000", "-b:a", "13000"]),
    "speex narrow 8 kbit/s": ("spx", ["-c:a", "libspeex", "-ar", "8000", "-b:a", "8000", "-cbr_quality", "4"]),
    "speex narrow 5.9 kbit/s": ("spx", ["-c:a", "libspeex", "-ar", "8000", "-b:a", "5900", "-cbr_quality", "2"]),
    "speex wide": ("spx", ["-c:a", "libspeex", "-ar", "16000", "-cbr_quality", "5"]),
    "opus 6 kbit/s narrow": ("ogg", ["-c:a", "libopus", "-ar", "8000", "-b:a", "6000", "-compression_level", "2"]),
    "opus 9 kbit/s narrow": ("ogg", ["-c:a", "libopus", "-ar", "8000", "-b:a", "9000", "-compression_level", "2"]),
    "opus 12 kbit/s wide": ("ogg", ["-c:a", "libopus", "-ar", "16000", "-b:a", "12000", "-compression_level", "2"]),
    "mp3 24 kbit/s": ("mp3", ["-c:a", "libmp3lame", "-ar", "16000", "-b:a", "24000"]),
    "mp3 16 kbit/s": ("mp3", ["-c:a", "libmp3lame", "-ar", "16000", "-b:a", "16000"]),
    "g726 24 kbit/s": ("wav", ["-c:a", "g726", "-ar", "8000", "-b:a", "24000"]),
}


def ffmpeg(arguments: list[str], data: bytes | None = None) -> bytes:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-threads", "1", *arguments]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def through(codec: str, samples: np.ndarray, folder: Path) -> np.ndarray:
    """int16 [n] at 16 kHz -> the same after the codec, int16 [n] (cut or zero-padded to n)."""
    ending, options = CODECS[codec]
    file = str(folder / f"coded.{ending}")
    raw = ["-f", "s16le", "-ar", str(RATE), "-ac", "1"]
    ffmpeg([*raw, "-i", "pipe:0", *options, "-ac", "1", file], samples.tobytes())
    decoded = np.frombuffer(ffmpeg(["-i", file, *raw, "pipe:1"]), np.int16)
    return np.pad(decoded[: len(samples)], (0, max(0, len(samples) - len(decoded))))


def stretches(spans: list[tuple[int, int]], seconds: float) -> list[tuple[int, int]]:
    """Consecutive (offset, samples) joined into (start, end) of at least `seconds` each."""
    joined, start = [], None
    for offset, samples in spans:
        start = offset if start is None else start
        if offset + samples - start >= seconds * RATE:
            joined.append((start, offset + samples))
            start = None
    if start is not None:
        joined.append((start, spans[-1][0] + spans[-1][1]))
    return joined


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=80.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder, rng = work_dir(), np.random.default_rng(options.seed)
    audio = np.memmap(folder / "audio.i16", np.int16, "r")
    rows = json.loads((folder / "index.json").read_text())["utterances"]
    spans = stretches([(row[3], row[4]) for row in rows], options.seconds)
    part = folder / "audio.coded.part"
    with tempfile.TemporaryDirectory() as scratch, open(part, "wb") as out:
        for number, (start, end) in enumerate(spans):
            codec = list(CODECS)[rng.integers(len(CODECS))]
            out.write(through(codec, np.asarray(audio[start:end]), Path(scratch)).tobytes())
            if number % 100 == 0:
                print(f"{end / RATE / 3600:.2f} h of {len(audio) / RATE / 3600:.2f} h", flush=True)
    part.replace(folder / "audio.coded.i16")


if __name__ == "__main__":
    main()
