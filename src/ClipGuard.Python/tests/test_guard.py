"""The guard against the real command and the sample dataset."""

import io
import os
import pathlib
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
import unittest
import wave

from .support import FOLDER, is_alive, needs, sample, wait_until, write_bmp

import clipguard


@needs("numpy")
class GuardTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.guard = clipguard.Guard(workers=2, timeout=6, stall=0.6, sandbox="standard")

    @classmethod
    def tearDownClass(cls):
        cls.guard.close()

    def test_audio_has_the_values_of_the_file(self):
        import numpy

        with wave.open(sample("good/tone.wav")) as file:
            expected = numpy.frombuffer(file.readframes(file.getnframes()), "<i2").astype("f4") / 32768
        samples = self.guard.load_audio(sample("good/tone.wav"), sampling_rate=None)
        self.assertEqual(samples.dtype, numpy.float32)
        numpy.testing.assert_array_equal(samples, expected)

    def test_all_channels_rates_and_ranges_are_as_asked_for(self):
        self.assertEqual(self.guard.load_audio(sample("good/tone.wav"), mono=False).shape, (1, 24000))
        self.assertEqual(self.guard.load_audio(sample("good/tone.wav"), 8000, start=0.5, duration=0.25).shape, (2000,))
        decoded = self.guard.decode(sample("good/tone.wav"), {"as": "audio", "sampleRateHz": 0})
        self.assertEqual((decoded.sample_rate, decoded.track["codec"]), (8000, "pcm_s16le"))

    def test_a_clip_may_be_a_path_bytes_a_file_or_an_address_with_its_data(self):
        import base64

        path = sample("good/tone.flac")
        data = pathlib.Path(path).read_bytes()
        expected = self.guard.load_audio(path).tobytes()
        with open(path, "rb") as file:
            clips = [pathlib.Path(path), data, bytearray(data), io.BytesIO(data), file, "data:audio/flac;base64," + base64.b64encode(data).decode()]
            for clip in clips:
                self.assertEqual(self.guard.load_audio(clip).tobytes(), expected, type(clip))

    def test_large_and_small_payloads_are_writable_and_nobody_elses(self):
        for size in ((32, 32), (400, 300)):
            first, second = (self.guard.load_image(sample("good/picture.webp"), size) for _ in range(2))
            self.assertEqual(first.shape, (size[1], size[0], 3))
            first[:] = 7
            self.assertTrue((second != 7).any())

    def test_a_jpeg_may_be_decoded_at_a_part_of_its_size(self):
        path = sample("good/exif-orientation.jpg")
        exact, fast = (self.guard.load_image(path, (30, 40), jpeg_scale=scale) for scale in ("exact", "fast"))
        self.assertEqual(fast.shape, (40, 30, 3))
        self.assertFalse((fast == exact).all())
        self.assertLess(abs(fast.astype(int) - exact.astype(int)).mean(), 5)
        with self.assertRaisesRegex(ValueError, "jpeg_scale is 'half'"):
            self.guard.load_image(path, jpeg_scale="half")

    def test_frames_of_a_video_by_number_time_rate_and_count(self):
        path = sample("good/h264.mp4")
        frames, times = self.guard.load_video(path, 5, return_times=True)
        self.assertEqual((frames.shape, frames.dtype.name), ((5, 144, 192, 3), "uint8"))
        self.assertEqual([round(time, 2) for time in times], [0, 0.48, 0.96, 1.48, 1.96])
        by_number = self.guard.load_video(path, indices=[0, -1, 0])
        self.assertTrue((by_number[0] == frames[0]).all() and (by_number[1] == frames[4]).all() and (by_number[2] == frames[0]).all())
        self.assertTrue((self.guard.load_video(path, times=[1.96])[0] == frames[4]).all())
        self.assertEqual(self.guard.load_video(path, fps=2, size=(32, 16)).shape, (4, 16, 32, 3))
        pictures = [sample(f"good/frames/{number}.jpg") for number in (1, 2, 3, 4)]
        self.assertEqual(self.guard.load_video(pictures, 2).shape[0], 2)

    def test_a_clip_is_described(self):
        description = self.guard.inspect(sample("good/tone.wav"))
        self.assertEqual((description["format"], description["streams"][0]["foundSamples"]), ("wav", 12000))

    def test_bad_clips_are_faults_that_tell_all_and_can_be_pickled(self):
        cases = {
            "bad/missing.mp4": ("Missing", "open"),
            "bad/overwritten.mp3": ("Corrupt", "decode"),
            "bad/playlist.mp4": ("Unsupported", "open"),
        }
        for name, (kind, stage) in cases.items():
            with self.assertRaises(clipguard.ClipFault) as raised:
                self.guard.load_audio(sample(name))
            fault = raised.exception
            self.assertEqual((fault.kind, fault.stage, fault.clip), (kind, stage, sample(name)))
            copy = pickle.loads(pickle.dumps(fault))
            self.assertEqual((copy.kind, copy.message, copy.post_mortem, str(copy)), (kind, fault.message, fault.post_mortem, str(fault)))
            # What torch.utils.data makes of an exception in a worker.
            self.assertTrue(traceback.format_exception_only(type(fault), fault)[0].startswith("clipguard.ClipFault: "))
            again = clipguard.ClipFault(f"Caught ClipFault in DataLoader worker process 0.\nOriginal Traceback:\n  …\nclipguard._errors.ClipFault: {fault}\n")
            self.assertEqual((again.kind, again.stage, again.clip, again.message), (kind, stage, sample(name), fault.message))

    def test_a_clip_that_hangs_is_killed_and_the_next_one_decoded(self):
        with self.assertRaises(clipguard.ClipFault) as raised:
            self.guard.load_image(sample("bad/busy.svg"), patient=True)
        self.assertEqual((raised.exception.kind, raised.exception.post_mortem.attempts), ("Stalled", 2))
        self.assertEqual(self.guard.load_audio(sample("good/tone.mp3")).shape, (32000,))

    def test_many_come_in_their_order_with_faults_among_them(self):
        names = ["good/tone.wav", "bad/empty.wav", "good/tone.mp3", "good/missing.wav"] * 3
        loaded = list(self.guard.load_many(map(sample, names), on_fault="return"))
        shapes = [getattr(one, "kind", None) or one.shape for one in loaded]
        self.assertEqual(shapes, [(24000,), "Corrupt", (32000,), "Missing"] * 3)
        with self.assertRaises(clipguard.ClipFault):
            list(self.guard.load_many(map(sample, names)))
        # What was given up does not stand in the way.
        one = next(self.guard.load_many([sample("good/tone.wav")] * 20))
        self.assertEqual(one.shape, (24000,))

    def test_the_packages_version_is_the_commands(self):
        self.guard.load_audio(sample("good/tone.wav"))
        self.assertEqual(self.guard._connection.greeting["clipguard"], clipguard.__version__)

    def test_threads_share_a_guard(self):
        shapes = []
        threads = [threading.Thread(target=lambda: shapes.extend(len(self.guard.load_audio(sample("good/tone.mp3"))) for _ in range(5))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(shapes, [32000] * 20)

    def test_mistakes_are_told_in_words_and_end_nothing(self):
        with self.assertRaisesRegex(ValueError, "num_frames and fps"):
            self.guard.load_video(sample("good/h264.mp4"), 3, fps=2)
        with self.assertRaisesRegex(ValueError, "begin before it ends"):
            self.guard.load_video(sample("good/h264.mp4"), start=2, end=1)
        with self.assertRaisesRegex(ValueError, "--allow-http"):
            self.guard.load_audio("http://127.0.0.1/x.wav")
        with self.assertRaisesRegex(ValueError, "fewer frames"):
            self.guard.load_video(sample("good/h264.mp4"), indices=range(1_000_000))
        self.assertEqual(self.guard.load_audio(sample("good/tone.wav")).shape, (24000,))

    def test_what_cannot_start_says_why(self):
        cases = [
            ("names, is no program", clipguard.GuardUnavailable, clipguard.Guard(command="/nowhere/clipguard")),
            ("'--tiemout' is no option of clipguard serve, did you mean '--timeout'", ValueError, clipguard.Guard(tiemout=1)),
            ("--stall: 'soon' was given", ValueError, clipguard.Guard(stall="soon")),
        ]
        for words, kind, guard in cases:
            with self.assertRaisesRegex(kind, words):
                guard.load_audio(sample("good/tone.wav"))

    def test_a_mistake_is_told_under_the_name_that_the_caller_gave_it(self):
        audio, picture, video = sample("good/tone.wav"), sample("good/picture.webp"), sample("good/h264.mp4")
        cases = [
            ("sampling_rate is -1;", lambda: self.guard.load_audio(audio, -1)),
            ("start is nan;", lambda: self.guard.load_audio(audio, start=float("nan"))),
            ("duration is 0;", lambda: self.guard.load_audio(audio, duration=0)),
            ("duration is inf;", lambda: self.guard.load_audio(audio, duration=float("inf"))),
            ("track is -1;", lambda: self.guard.load_audio(audio, track=-1)),
            ("num_frames is 0;", lambda: self.guard.load_video(video, 0)),
            ("indices asks for no frame", lambda: self.guard.load_video(video, indices=[])),
            ("times is nan;", lambda: self.guard.load_video(video, times=[float("nan")])),
            ("end is inf;", lambda: self.guard.load_video(video, end=float("inf"))),
            ("fps is -2;", lambda: self.guard.load_video(video, fps=-2)),
            (r"size is \(0, 5\);", lambda: self.guard.load_image(picture, (0, 5))),
        ]
        for words, load in cases:
            with self.assertRaisesRegex(ValueError, words):
                load()
        # Numbers as text are numbers.
        self.assertEqual(self.guard.load_video(video, fps="2").shape, self.guard.load_video(video, fps=2).shape)

    def test_a_command_that_was_killed_is_started_again(self):
        guard = clipguard.Guard(workers=1, spares=0)
        for is_gone in (False, True):
            guard.load_audio(sample("good/tone.wav"))
            killed = guard._connection.pid
            os.kill(killed, signal.SIGKILL)
            self.assertTrue(not is_gone or wait_until(lambda: not is_alive(killed)))
            with self.assertRaisesRegex(clipguard.GuardUnavailable, "has ended by signal 9|cannot be reached"):
                guard.load_audio(sample("good/tone.wav"))
            self.assertEqual(guard.load_audio(sample("good/tone.wav")).shape, (24000,))
        pid = guard._connection.pid
        guard.close()
        self.assertFalse(is_alive(pid))

    def test_a_fork_and_a_pickled_copy_have_a_guard_of_their_own(self):
        self.guard.load_audio(sample("good/tone.wav"))
        before = self.guard._connection.pid
        copy = pickle.loads(pickle.dumps(self.guard))
        self.assertEqual(copy.load_audio(sample("good/tone.wav")).shape, (24000,))
        self.assertNotEqual(copy._connection.pid, before)
        copy.close()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if self.guard.load_audio(sample("good/tone.wav")).shape == (24000,) and self.guard._connection.pid != before else 2
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(self.guard.load_audio(sample("good/tone.wav")).shape, (24000,))
        self.assertEqual(self.guard._connection.pid, before)

    def test_it_outlives_the_thread_that_started_it(self):
        guard = clipguard.Guard(workers=1, spares=0)
        thread = threading.Thread(target=lambda: guard.load_audio(sample("good/tone.wav")))
        thread.start()
        thread.join()
        pid = guard._connection.pid
        for _ in range(3):
            self.assertEqual(guard.load_audio(sample("good/tone.wav")).shape, (24000,))
        self.assertEqual(guard._connection.pid, pid)
        guard.close()

    def test_it_ends_with_its_program_though_a_fork_keeps_the_socket(self):
        program = f"""
import os, sys, time
sys.path.insert(0, {str(FOLDER.parent)!r})
import clipguard
guard = clipguard.Guard(workers=1, spares=0)
guard.load_audio({sample("good/tone.wav")!r})
kept = os.dup(guard._connection._socket.fileno())
child = os.fork()
if child == 0:
    time.sleep(60)
    os._exit(0)
print(guard._connection.pid, child, flush=True)
time.sleep(60)
"""
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
            serve, child = map(int, process.stdout.readline().split())
            try:
                self.assertTrue(is_alive(serve))
                process.kill()
                process.wait()
                self.assertTrue(wait_until(lambda: not is_alive(serve)))
                self.assertTrue(is_alive(child))
            finally:
                os.kill(child, signal.SIGKILL)

    def test_five_thousand_arrays_live_with_a_thousand_descriptors(self):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        with tempfile.TemporaryDirectory() as folder:
            # Large enough to come as memory of its own.
            path = pathlib.Path(folder) / "picture.bmp"
            write_bmp(path, 160, 140)
            resource.setrlimit(resource.RLIMIT_NOFILE, (1024, limit[1]))
            try:
                arrays = list(self.guard.load_many([str(path)] * 5000, "image"))
                self.assertEqual(len(arrays), 5000)
                self.assertLess(len(os.listdir("/proc/self/fd")), 100)
                self.assertTrue(all(array[0, 0, 0] == 30 and array[-1, -1, 2] == 10 for array in arrays))
                mapped = pathlib.Path("/proc/self/maps").read_text().count("memfd:clipguard")
                self.assertEqual(mapped, 5000)
                del arrays
                self.assertEqual(pathlib.Path("/proc/self/maps").read_text().count("memfd:clipguard (deleted)"), 0)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, limit)


if __name__ == "__main__":
    unittest.main()
