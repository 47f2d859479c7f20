"""The guard in the workers of a PyTorch DataLoader."""

import unittest

from .support import needs, sample

import clipguard

NAMES = ["good/tone.wav", "bad/endless.vgm", "good/tone.mp3", "bad/busy.svg", "good/tone.flac", "bad/huge.png", "good/tone.m4a", "good/tone.opus"]
FAULTS = {1: "TimedOut", 3: "Stalled", 5: "LimitExceeded"}


def load(guard, name):
    # Patient, because the machine that tests run on may be busy.
    return guard.load_image(sample(name), patient=True) if name.endswith((".png", ".svg")) else guard.load_audio(sample(name), patient=True)


class Clips:
    """What is bad is returned as it is: a dataset decides by itself what stands in for it."""

    def __init__(self, guard):
        self.guard = guard

    def __len__(self):
        return len(NAMES)

    def __getitem__(self, index):
        try:
            return index, load(self.guard, NAMES[index]).shape[0], None
        except clipguard.ClipFault as fault:
            return index, 0, fault


class Unguarded(Clips):
    def __getitem__(self, index):
        return load(self.guard, "bad/missing.mp4" if index == 3 else "good/tone.wav")


@needs("numpy", "torch")
class DataLoaderTests(unittest.TestCase):
    def test_an_epoch_ends_with_the_right_samples_and_faults_forked_and_spawned(self):
        from torch.utils.data import DataLoader

        guard = clipguard.Guard(workers=1, spares=0, timeout=1.5, stall=0.6)
        expected = [0 if index in FAULTS else load(guard, name).shape[0] for index, name in enumerate(NAMES)]
        for start in ("fork", "spawn"):
            loader = DataLoader(Clips(guard), batch_size=None, num_workers=2, multiprocessing_context=start)
            loaded = list(loader)
            self.assertEqual([length for _, length, _ in loaded], expected, start)
            self.assertEqual({index: fault.kind for index, _, fault in loaded if fault is not None}, FAULTS, start)
            self.assertTrue(all(fault.post_mortem.elapsed_seconds > 0 for _, _, fault in loaded if fault is not None))
        guard.close()

    def test_a_fault_that_nobody_caught_still_says_what_it_is(self):
        from torch.utils.data import DataLoader

        with self.assertRaises(clipguard.ClipFault) as raised:
            list(DataLoader(Unguarded(clipguard.Guard(workers=1, spares=0)), batch_size=None, num_workers=1))
        self.assertEqual((raised.exception.kind, raised.exception.stage, raised.exception.clip), ("Missing", "open", sample("bad/missing.mp4")))


if __name__ == "__main__":
    unittest.main()
