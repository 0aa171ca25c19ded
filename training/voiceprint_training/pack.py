"""Carry everything a training needs to another machine in pieces of at most 60 MB, for lenders that limit an upload.

    python -m voiceprint_training.pack --data FOLDER --out training/pieces [--checkpoint runs/a/last.pt] [--include FOLDER]
    python -m voiceprint_training.pack --unpack training/pieces --to FOLDER

The pieces are one tar stream cut up: the speech tars and manifest (share-alike tars only with --share-alike), and from
the working folder words.json and rooms.npy, so that the other machine needs neither h5py nor the clustering. Pieces may
arrive in any number of uploads; unpacking checks them against pieces.json and says which are missing.
`training/pieces` is ignored by git.
"""

import argparse
import hashlib
import io
import json
import tarfile
from pathlib import Path

from .paths import data_dir, work_dir

PIECE = 60_000_000


class Cutter(io.RawIOBase):
    """A writable stream that goes to numbered files of at most `size` bytes each."""

    def __init__(self, folder: Path, size: int = PIECE):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.size, self.names, self.buffer = folder, size, [], bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.buffer += data
        while len(self.buffer) >= self.size:
            self._piece(self.size)
        return len(data)

    def _piece(self, size: int) -> None:
        path = self.folder / f"piece-{len(self.names):02d}"
        path.write_bytes(self.buffer[:size])
        del self.buffer[:size]
        self.names.append(path.name)

    def finish(self) -> None:
        """Write the rest, and pieces.json: {piece name: sha256}."""
        if self.buffer:
            self._piece(len(self.buffer))
        sums = {n: hashlib.sha256((self.folder / n).read_bytes()).hexdigest() for n in self.names}
        (self.folder / "pieces.json").write_text(json.dumps(sums, indent=1))


class Joiner(io.RawIOBase):
    """The pieces as one readable stream."""

    def __init__(self, paths: list[Path]):
        self.rest, self.open = list(paths), io.BytesIO()

    def readable(self) -> bool:
        return True

    def readinto(self, target) -> int:
        data = self.open.read(len(target))
        while not data and self.rest:
            self.open = io.BytesIO(self.rest.pop(0).read_bytes())
            data = self.open.read(len(target))
        target[: len(data)] = data
        return len(data)


def contents(source: Path, share_alike: bool, checkpoint: str | None, include: Path | None) -> list[tuple[Path, str]]:
    """(file, its name inside the stream)."""
    tars = [p for p in sorted(source.glob("*.tar")) if share_alike or "-sa-" not in p.name]
    found = [(p, f"data/{p.name}") for p in [source / "manifest.csv", *tars]]
    work = work_dir()
    found += [(work / n, f"work/{n}") for n in ("words.json", "rooms.npy") if (work / n).is_file()]
    if checkpoint:
        found.append((work / checkpoint, f"work/{checkpoint}"))
    if include:
        found += [(p, f"include/{p.name}") for p in sorted(include.iterdir()) if p.is_file()]
    return found


def pack(files: list[tuple[Path, str]], out: Path, size: int = PIECE) -> list[str]:
    """Write the pieces -> their names."""
    cutter = Cutter(out, size)
    with tarfile.open(fileobj=cutter, mode="w|") as archive:
        for path, name in files:
            archive.add(path, name)
    cutter.finish()
    return cutter.names


def unpack(folder: Path, target: Path) -> None:
    """Join, check and unpack to target/data, target/work, target/include."""
    sums = json.loads((folder / "pieces.json").read_text())
    missing = [n for n in sums if not (folder / n).is_file()]
    broken = [n for n in sums if n not in missing and hashlib.sha256((folder / n).read_bytes()).hexdigest() != sums[n]]
    if missing or broken:
        raise SystemExit(f"Missing pieces: {missing}; damaged: {broken}")
    with tarfile.open(fileobj=io.BufferedReader(Joiner([folder / n for n in sums])), mode="r|") as archive:
        archive.extractall(target, filter="data")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="the folder with the tar files (or $VOICEPRINT_SPEECH_DIR)")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1] / "pieces")
    parser.add_argument("--checkpoint", help="in the working folder, to continue a run there")
    parser.add_argument("--include", type=Path, help="further files, e.g. wheels the other machine lacks")
    parser.add_argument("--share-alike", action="store_true")
    parser.add_argument("--unpack", type=Path, help="the folder with the pieces")
    parser.add_argument("--to", type=Path, default=Path("."))
    options = parser.parse_args()
    if options.unpack:
        unpack(options.unpack, options.to)
        return
    names = pack(contents(data_dir(options.data), options.share_alike, options.checkpoint, options.include), options.out)
    print(f"{len(names)} pieces in {options.out}")


if __name__ == "__main__":
    main()
