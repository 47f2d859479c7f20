"""Batches of a manifest in PyTorch."""

import json
import pathlib
import tempfile
import unittest

from .support import needs, sample, write_wav

import clipguard


@needs("numpy", "torch")
class ManifestDatasetTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.manifest = pathlib.Path(cls.folder.name) / "train.jsonl"
        lines = []
        for number in range(16):
            path = pathlib.Path(cls.folder.name) / f"{number}.wav"
            # Known by its level.
            write_wav(path, [1000 * (number + 1)] * (1600 + 10 * number))
            if number == 5:
                path.write_bytes(b"")
            message = [{"role": "user", "content": f"<audio>Which is it?"}, {"role": "assistant", "content": str(number)}]
            lines.append(json.dumps({"messages": message, "audios": [str(path)]}))
        cls.manifest.write_text("\n".join(lines) + "\n")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def dataset(self, **options):
        return clipguard.ManifestDataset(self.manifest, batch=4, workers=1, spares=0, index_cache="off", **options)

    @staticmethod
    def numbers(batch):
        return [int(messages[1]["content"]) for messages in batch["messages"]]

    def test_a_batch_has_the_clips_of_its_samples(self):
        import torch

        dataset = self.dataset(seed=3)
        batches = list(dataset)
        self.assertEqual((len(batches), dataset.batches), (4, 4))
        seen = []
        for batch in batches:
            self.assertEqual((batch["audio"].dtype, batch["mask"].tolist()), (torch.float32, [True] * 4))
            for index, number in enumerate(self.numbers(batch)):
                length = int(batch["audio_lengths"][index])
                self.assertEqual(length, 1600 + 10 * number)
                self.assertTrue((batch["audio"][index, 0, :length] == 1000 * (number + 1) / 32768).all())
                self.assertTrue((batch["audio"][index, 0, length:] == 0).all())
            seen += self.numbers(batch)
        # The empty clip has a substitute, and is named.
        self.assertEqual(len(set(seen)), 15)
        self.assertNotIn(5, seen)
        faults = [fault for batch in batches for fault in batch["faults"]]
        self.assertEqual([(fault.kind, fault.clip.endswith("5.wav")) for fault in faults], [("Corrupt", True)])
        self.assertEqual(sum(number > 0 for batch in batches for number in batch["substitutes"]), 1)

    def test_epochs_differ_and_a_state_goes_on_exactly(self):
        dataset = self.dataset(seed=1)
        first, second = list(dataset), list(dataset)
        self.assertEqual([batch["epoch"] for batch in first + second], [0] * 4 + [1] * 4)
        self.assertNotEqual(list(map(self.numbers, first)), list(map(self.numbers, second)))
        resumed = self.dataset(seed=1)
        resumed.load_state_dict(first[1]["state"])
        self.assertEqual(list(map(self.numbers, resumed)), list(map(self.numbers, first[2:])))
        again = self.dataset(seed=1)
        again.set_epoch(1)
        self.assertEqual(list(map(self.numbers, again)), list(map(self.numbers, second)))
        # Left early, and gone on with.
        early = self.dataset(seed=1)
        for batch in early:
            break
        self.assertEqual(list(map(self.numbers, early)), list(map(self.numbers, first[1:])))
        state = early.state_dict()
        other = self.dataset(seed=2)
        other.load_state_dict(state)
        with self.assertRaisesRegex(ValueError, "seed"):
            list(other)

    def test_ranks_and_workers_share_the_samples_without_repeating_any(self):
        from torch.utils.data import DataLoader

        ranks = [[number for batch in self.dataset(rank=rank, world=2, on_bad="mask") for number in self.filled(batch)] for rank in (0, 1)]
        self.assertEqual(sorted(ranks[0] + ranks[1]), [number for number in range(16) if number != 5])
        loaded = [number for batch in DataLoader(self.dataset(on_bad="mask"), batch_size=None, num_workers=2) for number in self.filled(batch)]
        self.assertEqual(sorted(loaded), [number for number in range(16) if number != 5])
        resumed = self.dataset()
        resumed.load_state_dict(next(iter(self.dataset()))["state"])
        with self.assertRaisesRegex(RuntimeError, "several workers"):
            list(DataLoader(resumed, batch_size=None, num_workers=2))

    def filled(self, batch):
        return [int(messages[1]["content"]) for messages, real in zip(batch["messages"], batch["mask"].tolist()) if real]

    def test_the_example_learns_and_meets_a_clip_that_hangs(self):
        import contextlib
        import io
        import runpy

        from .support import FOLDER

        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            right = runpy.run_path(str(FOLDER.parent / "examples" / "tones.py"))["main"]()
        self.assertGreater(right, 0.9, said.getvalue())
        self.assertIn("endless.vgm", said.getvalue())

    def test_what_cannot_be_read_says_why(self):
        with self.assertRaisesRegex(clipguard.GuardUnavailable, "nowhere"):
            list(clipguard.ManifestDataset("/nowhere/train.jsonl"))
        with self.assertRaises(ValueError):
            self.dataset(rank=1)


if __name__ == "__main__":
    unittest.main()
