"""Batches of a manifest for PyTorch, made by ClipGuard's own loader."""

from __future__ import annotations

import json
import os
from collections import deque
from typing import Any, Dict, Iterator, Optional, Sequence, Union

import numpy
import torch
from torch.utils.data import IterableDataset, get_worker_info

from . import _command
from ._connection import Connection
from ._errors import ClipFault, GuardUnavailable, PostMortem
from ._guard import _arguments

_ELEMENTS = {"Float32": "<f4", "UInt8": "u1", "Int32": "<i4", "Int64": "<i8"}
_AHEAD = 2


class ManifestDataset(IterableDataset):
    """The samples of a manifest as batches, shuffled, sharded over ranks, with substitutes for bad samples, and with a state to resume from.

    Give it to a ``DataLoader`` with ``batch_size=None``, or loop over it directly: it reads ahead by itself, in helper processes. Each loop is one epoch::

        dataset = ManifestDataset("train.jsonl", batch=8, workers=4, audio_rate=16000)
        for batch in dataset:
            train(batch["audio"], batch["mask"])

    A batch is a dictionary:

    ================= =================================================================================================
    audio             float32 ``(batch, channels, samples)``, zero behind each clip's end; with ``clips_per_sample=N`` ``(batch, clips, …)``
    video             uint8 ``(batch, frames, height, width, 3)``
    image             uint8 ``(batch, height, width, 3)``
    audio_lengths, …  int64: how long each clip is, in samples, frames or rows; 0 where a sample has none
    mask              bool ``(batch,)``: False for padding and masked samples, whose tensors are zero
    messages          for each sample its conversation, a list of ``{"role", "content"}``
    lines, origins    where each sample stands in its manifest
    substitutes       0 where a sample is the one that was planned, n where it is the n-th substitute
    faults            what gave no sample, each a :class:`clipguard.ClipFault` or a text
    number, epoch     the batch's number on this rank, and the epoch's
    state             a text: a dataset that is given it goes on behind this batch
    ================= =================================================================================================

    Kinds that no sample of the manifest has are not there. In several ``DataLoader`` workers each reads its own part of this rank's samples, so that none is
    repeated; a state is then of one worker, and cannot be resumed from.

    :param manifests: a manifest, or several: what ``clipguard bench`` takes.
    :param batch: samples in a batch.
    :param seed: what the order follows from.
    :param workers: clips decoded at the same time; by default the processors that this job may use, shared among the workers of a DataLoader.
    :param rank: which of the processes that train together this is; by default what the launcher says (torchrun, Slurm, MPI and others).
    :param world: how many there are.
    :param timeout: seconds that one try at a clip may take.
    :param command: the command ``clipguard``.
    :param options: whatever else ``clipguard serve`` takes, underscores for hyphens: ``audio_rate=16000``, ``frames=16``, ``size="224x224"``,
        ``on_bad="mask"``, ``verdicts="/data/verdicts"``, ``root="/data"``, ``config="train.json"``.
    """

    def __init__(
        self,
        manifests: Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]]],
        batch: int = 8,
        *,
        seed: int = 0,
        workers: Optional[int] = None,
        rank: Optional[int] = None,
        world: Optional[int] = None,
        timeout: Optional[float] = 20.0,
        command: Union[str, "os.PathLike[str]", Sequence[str], None] = None,
        **options: Any,
    ):
        super().__init__()
        if (rank is None) != (world is None):
            raise ValueError("Give rank and world, or neither")
        named = [manifests] if isinstance(manifests, (str, os.PathLike)) else list(manifests)
        self._manifests = [os.fspath(name) for name in named]
        self._workers = workers
        self._command = command
        self._options = {"batch": batch, "seed": seed, "rank": rank, "world": world, "timeout": timeout, **options}
        self._state: Optional[str] = None
        self._connection: Optional[Connection] = None
        self._asked: "deque[int]" = deque()
        self._reading = False
        self._epoch: Optional[int] = None
        self._batches: Optional[int] = None
        self._pid = os.getpid()

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        if self._reading and self._pid == os.getpid():
            raise RuntimeError("One loop at a time reads from a ManifestDataset")
        worker = get_worker_info()
        if worker is not None and worker.num_workers > 1 and self._state is not None:
            raise RuntimeError(
                "A state is of one reader, and this DataLoader has several workers: resume with num_workers=1 or 0 (workers=N decodes N clips at a time there too)"
            )
        return self._read(worker)

    def state_dict(self) -> Dict[str, Any]:
        """Where the loop is, behind the batch that it gave last; small, and JSON. In a DataLoader's worker take ``batch["state"]`` instead."""
        return {"clipguard": self._state}

    def load_state_dict(self, state: Union[str, Dict[str, Any]]) -> None:
        """Goes on where a state was taken: the next loop gives exactly what was left of that epoch.

        :param state: of :meth:`state_dict`, or a batch's ``state``.
        """
        if self._reading:
            raise RuntimeError("A loop is reading; resume before it begins")
        self._state = state if isinstance(state, str) else state["clipguard"]
        self._epoch = None
        self.close()

    def set_epoch(self, epoch: int) -> None:
        """The next loop gives this epoch, counted from 0, from its beginning.

        Loops over the dataset itself, and workers of a DataLoader that are persistent, go from epoch to epoch by themselves. Workers that a DataLoader starts
        anew for each epoch know of none before, and would give the first one again: say which it is before each loop.
        """
        if self._reading:
            raise RuntimeError("A loop is reading; set the epoch before it begins")
        self._state = None
        self._epoch = int(epoch)
        self.close()

    @property
    def batches(self) -> Optional[int]:
        """Batches of this rank's epoch; None before the first loop, and where that is known only at the end."""
        return self._batches

    def close(self) -> None:
        """Ends the helpers. The next loop would start them anew."""
        connection, self._connection = self._connection, None
        self._asked.clear()
        if connection is not None:
            if self._pid == os.getpid():
                connection.close()
            else:
                connection.abandon()

    def __del__(self) -> None:
        if self.__dict__.get("_connection") is not None:
            self.close()

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_connection": None, "_asked": deque(), "_reading": False}

    def _read(self, worker: Any) -> Iterator[Dict[str, Any]]:
        self._reading = True
        ended = False
        try:
            connection = self._open(worker)
            while True:
                # What is asked for behind the end of the epoch is the first of the next, which the next loop takes.
                while len(self._asked) < _AHEAD:
                    self._asked.append(connection.ask({"ask": "batch"}))
                told, payload = connection.wait(self._asked.popleft())
                if "epochEnd" in told:
                    self._state = told["epochEnd"]["state"]
                    ended = True
                    return
                if "mistake" in told:
                    raise ValueError(told["mistake"])
                if "batchHead" not in told:
                    raise GuardUnavailable(told.get("unavailable", str(told)))
                batch = _batch(told["batchHead"], payload)
                self._state = batch["state"]
                yield batch
        finally:
            self._reading = False
            if not ended:
                # Batches are on their way that nobody takes; the next loop goes on from the state.
                self.close()

    def _open(self, worker: Any) -> Connection:
        if self._connection is not None and self._pid == os.getpid() and not self._connection.is_broken:
            return self._connection
        self.close()
        options = dict(self._options)
        readers = 1 if worker is None else worker.num_workers
        if readers > 1:
            options["part"] = f"{worker.id}/{readers}"
        if self._workers is not None or readers > 1:
            options["workers"] = max(1, (self._workers or len(os.sched_getaffinity(0))) // readers)
        self._pid = os.getpid()
        self._connection = connection = Connection(_command.find(self._command), [*_arguments(options), "--", *self._manifests])
        self._batches = connection.greeting.get("batches")
        where = {"ask": "resume", "state": self._state} if self._state is not None else {"ask": "epoch", "epoch": self._epoch} if self._epoch else None
        if where is not None:
            told, _ = connection.wait(connection.ask(where))
            if "mistake" in told:
                raise ValueError(told["mistake"])
        return connection


def _batch(head_bytes: int, payload: Any) -> Dict[str, Any]:
    data = numpy.asarray(payload if not isinstance(payload, bytearray) else numpy.frombuffer(payload, numpy.uint8))
    head = json.loads(data[:head_bytes].tobytes())
    samples = head["samples"]
    batch: Dict[str, Any] = {
        "mask": torch.tensor([not sample["masked"] for sample in samples]),
        "messages": [sample["messages"] for sample in samples],
        "lines": [sample["line"] for sample in samples],
        "origins": [sample.get("origin") for sample in samples],
        "substitutes": [sample["substitute"] for sample in samples],
        "faults": [_fault(fault) for fault in head["faults"]],
        "number": head["number"],
        "epoch": head["epoch"],
        "state": head["state"],
    }
    start = head_bytes
    for tensor in head["tensors"]:
        start = (start + 7) // 8 * 8
        element = numpy.dtype(_ELEMENTS[tensor["element"]])
        shape, strides = tensor["shape"], tensor["strides"]
        span = 0 if 0 in shape else 1 + sum((length - 1) * stride for length, stride in zip(shape, strides))
        elements = data[start:start + span * element.itemsize].view(element)
        strided = numpy.lib.stride_tricks.as_strided(elements, shape, [stride * element.itemsize for stride in strides])
        batch[tensor["name"]] = torch.from_numpy(strided)
        batch[tensor["name"] + "_lengths"] = torch.tensor(tensor["lengths"], dtype=torch.int64)
        start += span * element.itemsize
    return batch


def _fault(told: Dict[str, Any]) -> Union[ClipFault, str]:
    verdict = told.get("verdict")
    clip = told.get("clip") or f"line {told['line']}"
    if verdict is None:
        return f"{clip}: {told['message']}"
    return ClipFault(
        clip=clip,
        what=verdict["kind"],
        stage=verdict["stage"].lower(),
        message=verdict["message"],
        post_mortem=PostMortem._read(verdict["postMortem"]),
    )
