"""Decoders of somebody else's under the command: --decoder with workers in Python, good and misbehaving."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from .support import FOLDER, is_alive, needs, sample, wait_until

import clipguard

MISBEHAVING = f"{sys.executable} {FOLDER / 'misbehaving_worker.py'}"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(FOLDER.parent), "LET_THROUGH": "yes", "KEPT_BACK": "yes"}


def run(*arguments, folder=None):
    return subprocess.run([os.environ["CLIPGUARD"], *arguments], capture_output=True, text=True, env=ENVIRONMENT, cwd=folder, timeout=120)


@needs("numpy")
class MisbehavingTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        os.environ["LET_THROUGH"] = os.environ["KEPT_BACK"] = "yes"
        cls.guard = clipguard.Guard(
            workers=2, timeout=3, stall=1, helper_memory="256MiB", decoder=MISBEHAVING, decoder_env="LET_THROUGH", max_clip_bytes="64MiB"
        )

    @classmethod
    def tearDownClass(cls):
        cls.guard.close()
        cls.folder.cleanup()
        del os.environ["LET_THROUGH"], os.environ["KEPT_BACK"]

    def load(self, what):
        path = pathlib.Path(self.folder.name) / f"{what}.wav"
        path.write_bytes(b"x")
        return self.guard.load_audio(str(path), patient=True)

    def fault(self, what):
        with self.assertRaises(clipguard.ClipFault) as raised:
            self.load(what)
        return raised.exception

    def test_it_decodes_what_it_names_and_clipguard_the_rest(self):
        self.assertEqual(self.load("good").tolist(), list(range(100)))
        self.assertTrue(self.guard.decoder.startswith("misbehaving 1 (numpy "))
        self.assertIn("for audio; FFmpeg", self.guard.decoder)
        self.assertEqual(self.guard.load_image(sample("good/picture.webp")).shape, (120, 160, 3))

    def test_hangs_are_ended_also_where_the_interpreter_is_held(self):
        for what in ("hang", "spin"):
            self.assertIn(self.fault(what).kind, ("Stalled", "TimedOut"), what)

    def test_deaths_and_lies_are_told_apart(self):
        self.assertEqual((self.fault("exit").kind, self.fault("exit").post_mortem.exit_code), ("Crashed", 7))
        self.assertEqual((self.fault("segfault").kind, self.fault("segfault").post_mortem.signal), ("Crashed", signal.SIGSEGV))
        self.assertEqual(self.fault("memory").kind, "LimitExceeded")
        self.assertIn(self.fault("closed").kind, ("ProtocolViolated", "Crashed"))
        self.assertEqual(self.fault("lies").kind, "ProtocolViolated")
        self.assertEqual(self.fault("nonsense").kind, "Corrupt")
        self.assertIn("ValueError", self.fault("nonsense").post_mortem.log[-1])

    def test_endless_output_stops_nothing(self):
        self.assertEqual(self.load("output").shape, (1,))
        endless = self.fault("endless")
        self.assertIn(endless.kind, ("Stalled", "TimedOut"))
        self.assertTrue(any("and on" in line for line in endless.post_mortem.log), endless.post_mortem.log)

    def test_it_writes_into_its_own_folder_alone_and_starts_nothing(self):
        self.assertEqual(self.load("confined").tolist(), [1.0] * 11)

    def test_helpers_are_forked_from_one_that_has_imported_everything(self):
        # Its parent is neither the command nor what adopts orphans, and lives on when the helper does not.
        before = int(self.load("who")[0])
        self.fault("exit")
        self.assertEqual(int(self.load("who")[0]), before)
        self.assertIn("misbehaving_worker.py", pathlib.Path(f"/proc/{before}/cmdline").read_text())

    def test_a_loop_over_all_of_it_ends_with_the_right_samples_and_faults(self):
        # A hanging, a crashing and a memory-eating clip among good ones.
        names = ["good", "hang", "good", "segfault", "good", "memory", "good"]
        for what in names:
            (pathlib.Path(self.folder.name) / f"{what}.wav").write_bytes(b"x")
        paths = [str(pathlib.Path(self.folder.name) / f"{what}.wav") for what in names]
        loaded = list(self.guard.load_many(paths, on_fault="return", patient=True))
        kinds = [getattr(one, "kind", None) for one in loaded]
        self.assertEqual([kind for kind in kinds if kind is None], [None] * 4)
        self.assertIn(kinds[1], ("Stalled", "TimedOut"))
        self.assertEqual((kinds[3], kinds[5]), ("Crashed", "LimitExceeded"))

    def test_folders_go_with_their_programs(self):
        def folders():
            return set(pathlib.Path(tempfile.gettempdir()).glob("clipguard-program-*"))

        # Folders are swept when a program starts: none may have started before the dead one's is there.
        self.guard.close()
        dead = pathlib.Path(tempfile.gettempdir()) / "clipguard-program-0123456789ab"
        (dead / "1").mkdir(parents=True, exist_ok=True)
        others = folders()
        self.load("good")
        self.assertFalse(dead.exists(), "an owner that has ended cannot remove its own")
        own = folders() - others
        self.assertTrue(own)
        self.guard.close()
        self.assertFalse([folder for folder in own if folder.exists()])


@needs("numpy")
class StartedProgramTests(unittest.TestCase):
    """Decoders that start programs: what these leave behind ends with the worker, in whatever session it is."""

    def load(self, guard, what, seconds):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / f"{what}.wav"
            path.write_text(seconds)
            return guard.load_audio(str(path), patient=True)

    def running(self, seconds):
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if command[:2] == [b"sleep", seconds.encode()] and is_alive(int(folder.name)):
                found.append(folder.name)
        return found

    def test_a_killed_worker_takes_orphans_along_and_one_that_dies_too(self):
        worker = f"{sys.executable} {FOLDER / 'starting_worker.py'}"
        # Of which no other process sleeps that long.
        seconds = f"{100_000 + os.getpid()}.5"
        for level in ("standard", "off"):
            with self.subTest(level):
                self.check_leftovers(worker, level, seconds)

    def check_leftovers(self, worker, level, seconds):
        with clipguard.Guard(workers=1, spares=0, timeout=30, stall=2, decoder=worker, sandbox=level) as guard:
            self.assertEqual(self.load(guard, "leave", seconds).tolist(), [1.0])
            self.assertTrue(wait_until(lambda: len(self.running(seconds)) == 1))
            for what, kinds in (("hang", ("Stalled", "TimedOut")), ("exit", ("Crashed",))):
                with self.assertRaises(clipguard.ClipFault) as raised:
                    self.load(guard, what, seconds)
                self.assertIn(raised.exception.kind, kinds)
                self.assertIn("left behind", raised.exception.post_mortem.log[-1])
                self.assertTrue(wait_until(lambda: not self.running(seconds)), what)

    @needs("audioread")
    def test_audioread_starts_ffmpeg_where_it_is_told_to(self):
        with clipguard.Guard(workers=1, spares=0, decoder=clipguard.python_worker("audioread", "ffmpeg")) as guard:
            self.assertEqual(guard.load_audio(sample("good/tone.mp3"), None).ndim, 1)
            with self.assertRaises(clipguard.ClipFault) as raised:
                guard.load_audio(sample("bad/noise.mp4"))
            self.assertEqual(raised.exception.kind, "Corrupt")


@needs("numpy", "torch")
class EpochTests(unittest.TestCase):
    def test_a_dataloader_ends_its_epoch_beside_hangs_crashes_and_memory_eaters(self):
        from torch.utils.data import DataLoader, Dataset

        class Clips(Dataset):
            names = ["good", "hang", "good", "segfault", "good", "memory", "good", "good"]

            def __init__(self, folder):
                self.folder = pathlib.Path(folder)
                for name in self.names:
                    (self.folder / f"{name}.wav").write_bytes(b"x")
                self.guard = clipguard.Guard(workers=1, spares=0, timeout=3, stall=1, helper_memory="256MiB", decoder=MISBEHAVING)

            def __len__(self):
                return len(self.names)

            def __getitem__(self, index):
                try:
                    return index, self.guard.load_audio(str(self.folder / f"{self.names[index]}.wav"), patient=True).sum(), None
                except clipguard.ClipFault as fault:
                    return index, -1.0, fault

        with tempfile.TemporaryDirectory() as folder:
            loaded = list(DataLoader(Clips(folder), batch_size=None, num_workers=2))
        self.assertEqual([float(total) for _, total, _ in loaded], [-1.0 if index in (1, 3, 5) else 4950.0 for index in range(8)])
        faults = {index: fault.kind for index, _, fault in loaded if fault is not None}
        self.assertIn(faults.pop(1), ("Stalled", "TimedOut"))
        self.assertEqual(faults, {3: "Crashed", 5: "LimitExceeded"})


@needs("numpy", "av", "soundfile", "PIL", "cv2")
class ReadyWorkerRunTests(unittest.TestCase):
    def test_a_dry_run_names_the_library_in_its_summary_and_faults(self):
        with tempfile.TemporaryDirectory() as folder:
            manifest = pathlib.Path(folder) / "audio.jsonl"
            clips = ["good/tone.wav", "good/tone.mp3", "bad/empty.wav", "good/h264.mp4"]
            lines = [{"messages": [{"role": "user", "content": "<audio>"}], "audios": [sample(clip)]} for clip in clips]
            manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
            done = run("dry-run", str(manifest), "--out", f"{folder}/out", "--workers", "1", "--decoder", f"{sys.executable} -m clipguard.worker av")
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            summary = json.loads((pathlib.Path(folder) / "out" / "summary.json").read_text())
            self.assertEqual((summary["ok"], {kind: count for kind, count in summary["faults"].items() if count}), (3, {"Corrupt": 1}))
            self.assertIn("PyAV ", json.dumps(summary))
            fault = json.loads((pathlib.Path(folder) / "out" / "faults.jsonl").read_text())
            self.assertTrue(fault["decoder"].startswith("PyAV "), fault)
            self.assertIn("libavcodec", fault["decoder"])

    def test_a_second_decoder_is_asked_and_its_verdicts_do_not_count(self):
        with tempfile.TemporaryDirectory() as folder:
            manifest = pathlib.Path(folder) / "audio.jsonl"
            clips = ["good/tone.wav", "good/tone.m4a", "good/tone.flac"]
            lines = [{"messages": [{"role": "user", "content": "<audio>"}], "audios": [sample(clip)]} for clip in clips]
            lines.append({"messages": [{"role": "user", "content": "<image>"}], "images": [sample("good/alpha.png")]})
            manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
            worker = f"{sys.executable} -m clipguard.worker soundfile"
            done = run("dry-run", str(manifest), "--out", f"{folder}/out", "--workers", "1", "--also", worker)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            summary = json.loads((pathlib.Path(folder) / "out" / "summary.json").read_text())
            counts = {one["format"]: (one["compared"], one["alsoFaults"]) for one in summary["agreement"]["formats"]}
            self.assertEqual(counts, {"wav": (1, 0), "m4a": (1, 1), "flac": (1, 0)})
            self.assertTrue(summary["agreement"]["also"].startswith("soundfile "))
            found = json.loads((pathlib.Path(folder) / "out" / "disagreements.jsonl").read_text())
            self.assertEqual((found["line"], found["about"], found["also"]["fault"]), (2, "verdict", "Unsupported"))
            self.assertIn("3 clips compared, 1 disagreement", done.stdout)
            # The other way round, soundfile's verdicts are the run's.
            turned = run("dry-run", str(manifest), "--out", f"{folder}/turned", "--workers", "1", "--decoder", worker, "--also", "clipguard")
            self.assertEqual(turned.returncode, 1, turned.stdout + turned.stderr)
            summary = json.loads((pathlib.Path(folder) / "turned" / "summary.json").read_text())
            self.assertEqual((summary["faults"]["Unsupported"], summary["agreement"]["also"].startswith("FFmpeg ")), (1, True))
            self.assertEqual(sum(one["decoderFaults"] for one in summary["agreement"]["formats"]), 1)

    def test_pictures_come_from_two_libraries_as_well(self):
        for name in ("pil", "cv2"):
            with clipguard.Guard(workers=1, spares=0, decoder=clipguard.python_worker(name)) as guard:
                self.assertEqual(guard.load_image(sample("good/exif-orientation.jpg")).shape, (160, 120, 3))
                self.assertEqual(guard.load_audio(sample("good/tone.wav"), None).shape, (12000,))

    def test_a_program_that_is_not_there_or_cannot_decode_is_told(self):
        missing = run("decode", sample("good/tone.wav"), "--out", "/tmp/x.npy", "--decoder", "no-such-decoder --fast")
        self.assertEqual((missing.returncode, "no-such-decoder" in missing.stderr), (3, True), missing.stderr)
        lacking = run("decode", sample("good/tone.wav"), "--out", "/tmp/x.npy", "--decoder", f"{sys.executable} -m clipguard.worker torchcodec")
        self.assertEqual((lacking.returncode, "torchcodec" in lacking.stderr), (3, True), lacking.stderr)
        both = run("decode", sample("good/tone.wav"), "--out", "/tmp/x.npy", "--decoder", "true", "--timeout", "0")
        self.assertEqual((both.returncode, "--decoder" in both.stderr), (2, True), both.stderr)
        alone = run("dry-run", sample("manifest.jsonl"), "--out", "/tmp/x", "--also", "clipguard")
        self.assertEqual((alone.returncode, "with itself" in alone.stderr), (2, True), alone.stderr)


if __name__ == "__main__":
    unittest.main()
