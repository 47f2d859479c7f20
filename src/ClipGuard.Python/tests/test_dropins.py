"""Functions of others under the guard: calls, and the drop-ins for ms-swift, decord and qwen-vl-utils over stand-ins with their signatures."""

import os
import pathlib
import sys
import tempfile
import unittest

from .support import FOLDER, needs, sample

import clipguard

STANDINS = str(FOLDER / "standins")


@needs("numpy", "PIL")
class SwiftTests(unittest.TestCase):
    def setUp(self):
        sys.path.insert(0, STANDINS)
        os.environ["PYTHONPATH"] = STANDINS
        self.addCleanup(self.restore)

    def restore(self):
        import clipguard.swift

        clipguard.swift.uninstall()
        sys.path.remove(STANDINS)
        os.environ.pop("PYTHONPATH", None)
        os.environ.pop("MEDIA_DECODE_TIMEOUT", None)
        for name in [name for name in sys.modules if name.split(".")[0] == "swift"]:
            del sys.modules[name]

    def test_what_the_functions_give_is_the_same_on_and_off(self):
        import numpy
        import clipguard.swift
        from swift.template import templates, vision_utils

        self.assertFalse(clipguard.swift.install(), "nothing is done without MEDIA_DECODE_TIMEOUT")
        path = sample("good/tone.wav")
        off = (templates.encode(path), vision_utils.load_video_internvl("x", num_segments=3), vision_utils.load_video_llava("x"), vision_utils.load_video_hf(["x"]))
        os.environ["MEDIA_DECODE_TIMEOUT"] = "6"
        self.assertTrue(clipguard.swift.install(stall=6))
        on = (templates.encode(path), vision_utils.load_video_internvl("x", num_segments=3), vision_utils.load_video_llava("x"), vision_utils.load_video_hf(["x"]))
        numpy.testing.assert_array_equal(on[0], off[0])
        self.assertEqual([(one.mode, one.tobytes()) for one in on[1]], [(one.mode, one.tobytes()) for one in off[1]])
        numpy.testing.assert_array_equal(on[2], off[2])
        self.assertEqual(on[3][1], off[3][1])
        self.assertEqual(vision_utils.load_audio(path, 8000, return_sr=True)[1], 8000)
        # Helpers see the variables as they are now.
        os.environ["NUM_FRAMES"] = "2"
        try:
            self.assertEqual(len(vision_utils.load_video_internvl("x")), 2)
        finally:
            del os.environ["NUM_FRAMES"]
        with self.assertRaises(clipguard.ClipFault) as raised:
            vision_utils.load_audio(sample("bad/empty.wav"), 16000)
        self.assertEqual((raised.exception.kind, sample("bad/empty.wav") in raised.exception.clip), ("Corrupt", True))
        clipguard.swift.uninstall()
        self.assertTrue(vision_utils.load_audio.__code__.co_filename.startswith(STANDINS))

    def test_a_hang_is_ended(self):
        import clipguard.swift
        from swift.template import templates

        self.assertTrue(clipguard.swift.install(timeout=2, stall=2))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "hang.wav"
            path.write_bytes(b"x")
            with self.assertRaises(clipguard.ClipFault) as raised:
                templates.encode(str(path))
        self.assertIn(raised.exception.kind, ("Stalled", "TimedOut"))
        self.assertEqual(len(templates.encode(sample("good/tone.wav"))), 12000)


@needs("numpy")
class DecordTests(unittest.TestCase):
    def test_a_reader_answers_as_decords_does(self):
        from clipguard.decord import VideoReader, bridge, cpu

        with clipguard.Guard(workers=1, spares=0) as guard:
            reader = VideoReader(sample("good/h264.mp4"), ctx=cpu(0), guard=guard)
            self.assertEqual((len(reader), reader.get_avg_fps()), (50, 25.0))
            batch = reader.get_batch([3, 0, -1, 3]).asnumpy()
            self.assertEqual((batch.shape, str(batch.dtype)), ((4, 144, 192, 3), "uint8"))
            self.assertTrue((batch[0] == batch[3]).all() and (batch[0] != batch[1]).any())
            self.assertTrue((reader[3].asnumpy() == batch[0]).all() and (reader.next() == reader[4]).all())
            self.assertEqual(reader[2:8:2].shape[0], 3)
            reader.seek(49)
            self.assertTrue((reader.next() == batch[2]).all())
            with self.assertRaises(StopIteration):
                reader.next()
            for wrong in (50, -51):
                with self.assertRaises(IndexError):
                    reader.get_batch([wrong])
            times = reader.get_frame_timestamp([0, 1, 49])
            self.assertEqual(times.shape, (3, 2))
            self.assertTrue(abs(times[2, 1] - 2.0) < 1e-3 and abs(times[0, 1] - 0.04) < 1e-3)
            with open(sample("good/h264.mp4"), "rb") as file:
                self.assertEqual(VideoReader(file, width=32, height=16, guard=guard)[0].shape, (16, 32, 3))
            with self.assertRaises(clipguard.ClipFault):
                VideoReader(sample("bad/noise.mp4"), guard=guard)
            with self.assertRaises(RuntimeError):
                VideoReader(sample("good/tone.wav"), guard=guard)
            self.assertRaises(ValueError, bridge.set_bridge, "mxnet")


@needs("numpy", "torch")
class QwenTests(unittest.TestCase):
    def test_its_reader_is_used_and_nothing_falls_back_to_an_unguarded_one(self):
        sys.path.insert(0, STANDINS)
        self.addCleanup(sys.path.remove, STANDINS)
        import clipguard.qwen
        from qwen_vl_utils import vision_process

        with clipguard.Guard(workers=1, spares=0) as guard:
            clipguard.qwen.install(guard)
            frames, metadata, rate = vision_process.fetch_video({"video": sample("good/h264.mp4"), "nframes": 4})
            self.assertEqual((tuple(frames.shape), metadata["video_backend"], metadata["total_num_frames"]), ((4, 3, 144, 192), "clipguard", 50))
            self.assertEqual((metadata["frames_indices"], rate), ([0, 16, 33, 49], 2.0))
            with self.assertRaises(clipguard.ClipFault):
                vision_process.fetch_video({"video": sample("bad/cut-off.mp4"), "nframes": 4})
            self.assertEqual(vision_process.fell_back, [])


if __name__ == "__main__":
    unittest.main()
