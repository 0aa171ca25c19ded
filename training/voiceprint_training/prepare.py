"""Decode every recording once.

Result, in the working folder:
- audio.i16   all recordings one after another, int16, 16 kHz mono
- index.json  {"utterances": [[split, corpus, speaker, offset, samples], ...], "rate": 16000}
- noise.i16 / noise.json   background noise clips, the same way: [[offset, samples], ...]
- rooms.npy   measured room impulse responses, float32 [count, samples], unit energy

The tar files are read as they are (nothing is unpacked), in one process per core given by --jobs.
"""

import argparse
import csv
import io
import json
import tarfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile

from .paths import data_dir, work_dir

RATE = 16000


def decode(data: bytes) -> np.ndarray:
    """One Opus file's bytes -> int16 [samples] at 16 kHz, first channel."""
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    mono = samples[:, 0]
    if rate != RATE:
        import soxr

        mono = soxr.resample(mono, rate, RATE)
    return np.clip(np.round(mono * 32767), -32768, 32767).astype(np.int16)


def read_tar(path: Path) -> list[tuple[str, np.ndarray]]:
    """Every .opus member of a tar, decoded: [(member name, int16 [samples])]."""
    decoded = []
    with tarfile.open(path) as archive:
        for member in archive:
            if member.name.endswith(".opus"):
                decoded.append((member.name, decode(archive.extractfile(member).read())))
    return decoded


def read_rooms(path: Path, longest: float = 1.0) -> np.ndarray:
    """The binaural room responses of the SOFA file inside noise.tar as float32 [count, samples].

    Both ears are taken as separate responses; each is cut to start at its direct sound,
    to last at most `longest` seconds, and scaled to unit energy.
    """
    import h5py

    with tarfile.open(path) as archive:
        member = next(m for m in archive if m.name.endswith(".sofa"))
        with h5py.File(io.BytesIO(archive.extractfile(member).read())) as sofa:
            responses = np.asarray(sofa["Data.IR"], dtype=np.float32)
    responses = responses.reshape(-1, responses.shape[-1])
    length = min(responses.shape[1], int(longest * RATE))
    rooms = np.zeros((len(responses), length), np.float32)
    for row, response in zip(rooms, responses):
        cut = response[np.abs(response).argmax():][:length]
        row[: len(cut)] = cut / np.sqrt((cut**2).sum() + 1e-12)
    return rooms


def write_speech(source: Path, target: Path, jobs: int) -> None:
    """Decode the train-*.tar and dev-*.tar files into audio.i16 + index.json."""
    with open(source / "manifest.csv", newline="") as handle:
        manifest = {row["path"]: row for row in csv.DictReader(handle)}
    utterances, offset = [], 0
    tars = sorted(p for p in source.glob("*.tar") if p.name.startswith(("train-", "dev-")))
    with open(target / "audio.i16", "wb") as audio, ProcessPoolExecutor(jobs) as pool:
        for tar, decoded in zip(tars, pool.map(read_tar, tars)):
            for name, samples in decoded:
                row = manifest[name]
                utterances.append([row["split"], row["corpus"], row["speaker"], offset, len(samples)])
                audio.write(samples.tobytes())
                offset += len(samples)
            print(f"{tar.name}: {len(decoded)} recordings, {offset / RATE / 3600:.2f} h so far", flush=True)
    (target / "index.json").write_text(json.dumps({"rate": RATE, "utterances": utterances}))


def write_noise(source: Path, target: Path) -> None:
    """Decode noise.tar into noise.i16 + noise.json + rooms.npy."""
    spans, offset = [], 0
    with open(target / "noise.i16", "wb") as audio:
        for _, samples in read_tar(source / "noise.tar"):
            spans.append([offset, len(samples)])
            audio.write(samples.tobytes())
            offset += len(samples)
    (target / "noise.json").write_text(json.dumps(spans))
    if not (target / "rooms.npy").is_file():
        np.save(target / "rooms.npy", read_rooms(source / "noise.tar"))
    print(f"noise: {len(spans)} clips", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="the folder with the tar files (or $VOICEPRINT_SPEECH_DIR)")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    source, target = data_dir(options.data), work_dir()
    write_noise(source, target)
    write_speech(source, target, options.jobs)


if __name__ == "__main__":
    main()
