"""Trains a small network to tell tones from noise, on a dataset in which one clip hangs its decoder.

    python3 examples/tones.py                 # needs PyTorch, and the command clipguard (CLIPGUARD, or in the PATH)
"""

import json
import math
import pathlib
import random
import struct
import tempfile
import wave

import torch

import clipguard

RATE = 8000
SAMPLES = 2000


def make_dataset(folder: pathlib.Path, clips: int = 64) -> pathlib.Path:
    """Half tones, half noise, and one clip that no decoder gets to the end of."""
    chance = random.Random(1)
    lines = []
    for number in range(clips):
        tone = number % 2 == 0
        step = 2 * math.pi * chance.uniform(200, 1500) / RATE
        samples = [int(12000 * (math.sin(step * i) if tone else chance.uniform(-1, 1))) for i in range(SAMPLES)]
        path = folder / f"{number}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(struct.pack(f"<{SAMPLES}h", *samples))
        if number == 10:
            path.unlink()
            path = folder / "endless.vgm"
            path.write_bytes(endless_tune())
        said = [{"role": "user", "content": "<audio>Tone or noise?"}, {"role": "assistant", "content": "tone" if tone else "noise"}]
        lines.append(json.dumps({"messages": said, "audios": [str(path)]}))
    manifest = folder / "train.jsonl"
    manifest.write_text("\n".join(lines) + "\n")
    return manifest


def endless_tune() -> bytes:
    """A chip tune that loops over a wait: legal, and without end."""
    head = bytearray(0x40)
    head[0:4] = b"Vgm "
    struct.pack_into("<I", head, 0x08, 0x150)
    struct.pack_into("<I", head, 0x0C, 3579545)
    struct.pack_into("<I", head, 0x18, 735)
    struct.pack_into("<I", head, 0x1C, 0x40 - 0x1C)
    struct.pack_into("<I", head, 0x20, 735)
    struct.pack_into("<I", head, 0x34, 0x0C)
    # A square wave at full volume, a wait, and the end, which leads back to the beginning.
    body = bytes([0x50, 0x8E, 0x50, 0x0F, 0x50, 0x90, 0x62, 0x66])
    struct.pack_into("<I", head, 0x04, len(head) + len(body) - 4)
    return bytes(head) + body


def spectrum(audio: torch.Tensor) -> torch.Tensor:
    """How much each frequency has, in 64 bands."""
    power = torch.fft.rfft(audio[:, 0, :SAMPLES]).abs()[:, :960]
    return torch.log1p(power.reshape(len(power), 64, 15).amax(dim=2))


def main() -> float:
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 2))
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    with tempfile.TemporaryDirectory() as folder:
        manifest = make_dataset(pathlib.Path(folder))
        dataset = clipguard.ManifestDataset(manifest, batch=8, seed=1, audio_rate=RATE, timeout=2, stall=1)
        right = 0.0
        for epoch in range(3):
            hits = total = 0
            for batch in dataset:
                for fault in batch["faults"]:
                    print(f"epoch {epoch}: {fault}")
                labels = torch.tensor([1 if messages and messages[1]["content"] == "tone" else 0 for messages in batch["messages"]])
                output = model(spectrum(batch["audio"]))[batch["mask"]]
                labels = labels[batch["mask"]]
                loss = torch.nn.functional.cross_entropy(output, labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                hits += int((output.argmax(dim=1) == labels).sum())
                total += len(labels)
            right = hits / total
            print(f"epoch {epoch}: {total} samples, {right:.0%} told right")
        dataset.close()
    return right


if __name__ == "__main__":
    main()
