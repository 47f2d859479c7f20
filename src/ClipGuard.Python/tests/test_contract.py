"""What every worker promises, tried on clips that ffmpeg makes and whose values ffmpeg tells."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from .support import needs, sample
from .test_worker import Supervised, file

FFMPEG = ["ffmpeg", "-v", "error", "-y", "-bitexact"]
STEREO = [
    "-f", "lavfi", "-i",
    "sine=f=440:d=1:r=44100,volume=0.5,aformat=fltp:44100:mono[a];anoisesrc=d=1:r=44100:seed=7:a=0.2,aformat=fltp:44100:mono[b];[a][b]amerge",
]
SOUNDS = {
    "u8.wav": "pcm_u8", "s16.wav": "pcm_s16le", "s24.wav": "pcm_s24le", "s32.wav": "pcm_s32le", "f32.wav": "pcm_f32le", "s16.aiff": "pcm_s16be",
    "s24.aiff": "pcm_s24be",
}
# What lies after a sample is heard in it by the resampler's filter, this far.
FILTER_SAMPLES = 32


class WorkerContract:
    """What is the same for all kinds of clips."""

    name = ""
    kind = ""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.worker = Supervised("-m", "clipguard.worker", cls.name)

    @classmethod
    def tearDownClass(cls):
        cls.worker.close()
        cls.folder.cleanup()

    def path(self, name):
        return str(pathlib.Path(self.folder.name) / name)

    def make(self, name, *arguments):
        path = self.path(name)
        if not os.path.exists(path):
            subprocess.run([*FFMPEG, *arguments, path], check=True, stdin=subprocess.DEVNULL)
        return path

    def write(self, name, data):
        pathlib.Path(self.path(name)).write_bytes(data)
        return self.path(name)

    def reference(self, path, kind, *arguments):
        import numpy

        made = subprocess.run([*FFMPEG, "-i", path, *arguments, "-"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        return numpy.frombuffer(made.stdout, kind)

    def ask(self, source, **spec):
        return self.worker.decode(source if isinstance(source, dict) else file(source), {"as": self.kind, **spec})

    def decode(self, source, **spec):
        answer = self.ask(source, **spec)
        self.assertNotIn("fault", answer, self.worker.log())
        return self.worker.elements(answer["clip"])

    def fault(self, source, **spec):
        return self.ask(source, **spec).get("fault", {}).get("kind")

    def check_sources(self, path):
        import numpy

        with open(path, "rb") as opened:
            data = opened.read()
        whole = self.decode(path)
        shard = self.write("shard.tar", bytes(777) + data + b"what comes after")
        held = self.worker.decode({"from": "memory"}, {"as": self.kind}, data=data)
        numpy.testing.assert_array_equal(self.worker.elements(held["clip"]), whole)
        numpy.testing.assert_array_equal(self.decode({"from": "file", "path": shard, "offset": 777, "length": len(data)}), whole)
        with open(shard, "rb") as opened:
            source = {"from": "descriptor", "name": os.path.basename(path), "offset": 777, "length": len(data)}
            given = self.worker.decode(source, {"as": self.kind}, descriptor=opened.fileno())
            numpy.testing.assert_array_equal(self.worker.elements(given["clip"]), whole)

    def test_what_is_no_file_is_missing_and_never_opened(self):
        os.mkfifo(self.path("fifo.wav"))
        for path in (self.path("nothing.wav"), self.folder.name, "/dev/zero", self.path("fifo.wav")):
            self.assertEqual(self.fault(path), "Missing", path)

    def test_what_is_empty_or_noise_gives_no_data(self):
        self.assertEqual(self.fault(self.write("empty.bin", b"")), "Corrupt")
        for seed in range(3):
            noise = bytes((17 * i * i + seed * 31 + i // 7) % 256 for i in range(20_000))
            self.assertIn(self.fault(self.write(f"noise{seed}.bin", noise)), ("Corrupt", "Unsupported"), seed)


class AudioContract(WorkerContract):
    kind = "audio"
    names = tuple(SOUNDS)

    def sound(self, name):
        return self.make(name, *STEREO, "-c:a", SOUNDS[name])

    def test_at_its_own_rate_a_clip_comes_out_bit_for_bit(self):
        import numpy

        for name in self.names:
            with self.subTest(name):
                expected = self.reference(self.sound(name), "<f4", "-f", "f32le").reshape(-1, 2).T
                numpy.testing.assert_array_equal(self.decode(self.sound(name), sampleRateHz=0, channels="All"), expected)

    def test_at_another_rate_it_is_what_ffmpeg_makes_of_it(self):
        import numpy

        for name in self.names:
            with self.subTest(name):
                expected = self.reference(self.sound(name), "<f4", "-ar", "16000", "-f", "f32le").reshape(-1, 2).T
                found = self.decode(self.sound(name), sampleRateHz=16000, channels="All")
                self.assertEqual(found.shape, (2, 16000))
                numpy.testing.assert_allclose(found[:, :-FILTER_SAMPLES], expected[:, :found.shape[1] - FILTER_SAMPLES], rtol=0, atol=1 / 32768)

    def test_mono_is_the_mean_of_the_channels(self):
        import numpy

        for name in self.names:
            parts = self.decode(self.sound(name), sampleRateHz=0, channels="All")
            numpy.testing.assert_allclose(self.decode(self.sound(name), sampleRateHz=0), parts.mean(axis=0, keepdims=True), rtol=0, atol=1e-6)

    def test_the_length_is_the_exact_ceiling(self):
        for source, target in ((44100, 16000), (8000, 16000), (11025, 44100)):
            samples = source + 7
            path = self.make(f"{source}-{target}.wav", "-f", "lavfi", "-i", f"sine=r={source}:d=2", "-af", f"atrim=end_sample={samples}")
            self.assertEqual(self.decode(path, sampleRateHz=target).shape, (1, -(-samples * target // source)))

    def test_bytes_come_in_every_way(self):
        self.check_sources(self.sound("s16.wav"))

    def test_a_stretch_begins_and_ends_at_its_sample_or_is_refused(self):
        import numpy

        whole = self.decode(self.sound("s16.wav"), sampleRateHz=0)
        answer = self.ask(self.sound("s16.wav"), sampleRateHz=0, startSeconds=0.25, durationSeconds=0.5)
        if "fault" in answer:
            self.assertEqual(answer["fault"]["kind"], "Unsupported")
        else:
            numpy.testing.assert_array_equal(self.worker.elements(answer["clip"]), whole[:, 11025:33075])

    def test_limits_and_what_is_not_there(self):
        path = self.sound("s16.wav")
        small = self.worker.decode(file(path), {"as": "audio"}, capacity=4096)
        self.assertEqual(small["fault"]["kind"], "LimitExceeded")
        self.assertEqual(self.fault(path, track=1), "Unsupported")
        self.assertEqual(self.fault(path, decoder="another"), "Unsupported")

    def test_progress_is_marked(self):
        self.decode(self.sound("s16.wav"))
        marks = [int.from_bytes(self.worker.memory[at:at + 8], "little") for at in (8, 24, 32)]
        self.assertTrue(marks[0] or marks[1])
        self.assertTrue(marks[2])


class PictureContract(WorkerContract):
    kind = "image"

    def picture(self):
        return self.make("picture.png", "-f", "lavfi", "-i", "testsrc=s=64x48:r=1", "-frames:v", "1", "-pix_fmt", "rgb24")

    def test_every_pixel_is_right_in_every_layout(self):
        import numpy

        expected = self.reference(self.picture(), "u1", "-f", "rawvideo", "-pix_fmt", "rgb24").reshape(48, 64, 3)
        numpy.testing.assert_array_equal(self.decode(self.picture()), expected)
        numpy.testing.assert_array_equal(self.decode(self.picture(), layout="ChannelsFirst"), expected.transpose(2, 0, 1))
        luma = expected @ numpy.array([0.299, 0.587, 0.114])
        numpy.testing.assert_allclose(self.decode(self.picture(), colors="Gray")[:, :, 0], luma, rtol=0, atol=1)

    def test_it_is_upright_and_of_the_wanted_size(self):
        self.assertEqual(self.decode(sample("good/exif-orientation.jpg")).shape, (160, 120, 3))
        self.assertEqual(self.decode(self.picture(), size={"size": "exact", "width": 10, "height": 6}).shape, (6, 10, 3))
        cropped = {"size": "shorterSide", "shorterSide": 24, "cropWidth": 20, "cropHeight": 20}
        self.assertEqual(self.fault(self.picture(), size=cropped), "Unsupported")

    def test_bytes_come_in_every_way(self):
        self.check_sources(self.picture())

    def test_limits(self):
        self.assertEqual(self.fault(sample("bad/huge.png")), "LimitExceeded")
        small = self.worker.decode(file(self.picture()), {"as": "image"}, capacity=100)
        self.assertEqual(small["fault"]["kind"], "LimitExceeded")


class VideoContract(WorkerContract):
    kind = "video"
    tells_times = True

    def film(self):
        source = "color=black:s=32x24:r=10:d=2,format=yuv420p,geq=lum='20+N*10':cb=128:cr=128"
        return self.make("film.mkv", "-f", "lavfi", "-i", source, "-c:v", "ffv1")

    def levels(self, **selection):
        frames = self.decode(self.film(), selection=selection, size={"size": "own"})
        self.assertEqual(frames.shape[1:], (24, 32, 3))
        # Which frame it is, by its brightness.
        return [round((frame.mean() * 219 / 255 + 16 - 20) / 10) for frame in frames]

    def test_frames_are_those_that_were_asked_for_in_their_order(self):
        self.assertEqual(self.levels(by="index", indices=[3, 0, -1, 3]), [3, 0, 19, 3])
        self.assertEqual(self.levels(by="uniform", count=4), [0, 6, 13, 19])
        self.assertEqual(self.levels(by="time", seconds=[0, 0.55, 1.9]), [0, 5, 19])

    def test_a_frame_that_is_not_there_is_no_other(self):
        self.assertEqual(self.fault(self.film(), selection={"by": "index", "indices": [20]}), "Corrupt")
        self.assertEqual(self.fault(self.film(), selection={"by": "time", "seconds": [7]}), "Corrupt")

    def test_times_are_those_of_the_frames(self):
        answer = self.ask(self.film(), selection={"by": "index", "indices": [3, 19]}, size={"size": "own"})
        self.assertEqual(answer["frameTimes"], 2 if self.tells_times else 0)

    def test_it_is_of_the_wanted_size(self):
        self.assertEqual(self.decode(self.film(), selection={"by": "uniform", "count": 2}).shape, (2, 224, 224, 3))

    def test_what_is_sound_alone_is_unsupported(self):
        self.assertEqual(self.fault(self.make("sound.wav", *STEREO)), "Unsupported")


@needs("numpy", "av")
class AvAudioTests(AudioContract, unittest.TestCase):
    name = "av"


@needs("numpy", "soundfile", "av")
class SoundfileTests(AudioContract, unittest.TestCase):
    name = "soundfile"


@needs("numpy", "audioread", "av")
class AudioreadTests(AudioContract, unittest.TestCase):
    name = "audioread"
    # It gives 16 bits.
    names = ("s16.wav", "s16.aiff")


@needs("numpy", "PIL")
class PilTests(PictureContract, unittest.TestCase):
    name = "pil"


@needs("numpy", "cv2")
class Cv2PictureTests(PictureContract, unittest.TestCase):
    name = "cv2"


@needs("numpy", "av")
class AvVideoTests(VideoContract, unittest.TestCase):
    name = "av"


@needs("numpy", "cv2")
class Cv2VideoTests(VideoContract, unittest.TestCase):
    name = "cv2"
    tells_times = False


if __name__ == "__main__":
    unittest.main()
