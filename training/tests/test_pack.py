import tempfile
import unittest
from pathlib import Path

import numpy as np

from voiceprint_training.pack import pack, unpack


class PackTest(unittest.TestCase):
    def test_pieces_join_to_the_same_files(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            data = np.random.default_rng(1).bytes(300_000)
            (folder / "speech.tar").write_bytes(data)
            names = pack([(folder / "speech.tar", "data/speech.tar")], folder / "pieces", 100_000)
            self.assertEqual(len(names), 4)
            self.assertLessEqual(max((folder / "pieces" / n).stat().st_size for n in names), 100_000)
            unpack(folder / "pieces", folder / "there")
            self.assertEqual((folder / "there/data/speech.tar").read_bytes(), data)

    def test_says_which_piece_is_missing(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / "speech.tar").write_bytes(bytes(50_000))
            pack([(folder / "speech.tar", "speech.tar")], folder / "pieces", 30_000)
            (folder / "pieces" / "piece-01").unlink()
            with self.assertRaisesRegex(SystemExit, "piece-01"):
                unpack(folder / "pieces", folder)


if __name__ == "__main__":
    unittest.main()
