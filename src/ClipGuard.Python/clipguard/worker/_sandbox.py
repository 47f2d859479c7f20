"""What a worker closes behind itself once it has imported all that it needs: memory, new programs and processes, sockets, other processes."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from typing import Optional, Sequence

_libc = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_SIGKILL = 9

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_EPERM = 0x00050000 | 1
_ENOSYS = 0x00050000 | 38

_CLONE_THREAD = 0x10000
_CLONE3 = 435

# Numbers on x86-64 and on arm64, as the kernel's headers have them.
_REFUSED = {
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None),
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242),
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "process_madvise": (440, 440), "kcmp": (312, 272),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424), "setsid": (112, 157), "setpgid": (109, 154),
    "setpriority": (141, 140), "sched_setscheduler": (144, 119), "sched_setattr": (314, 274), "prlimit64": (302, 261), "setrlimit": (160, 164),
    "memfd_create": (319, 279), "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268),
    "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430), "fsmount": (432, 432), "mount_setattr": (442, 442),
    "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104), "bpf": (321, 280), "userfaultfd": (323, 282),
    "perf_event_open": (298, 241), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265), "personality": (135, 92), "seccomp": (317, 277), "capset": (126, 91),
}
# Whoever starts programs has to be able to end them; landlock keeps signals within what it started (kernel 6.12 on).
_PROGRAMS = ("execve", "execveat", "fork", "vfork", "kill")


def die_with_parent() -> None:
    """Ends this process when the thread that started it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Makes this process the parent of what its programs leave behind, so that it is found and ended with this one."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def bury_orphans() -> None:
    """Waits for children that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass
    except ChildProcessError:
        pass


def bound_memory(extra: int) -> bool:
    """Lets private memory grow by so many bytes over what is held now."""
    try:
        with open("/proc/self/status") as status:
            held = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
        resource.setrlimit(resource.RLIMIT_DATA, (held + extra, held + extra))
        return True
    except (OSError, ValueError, StopIteration):
        return False


def forbid_core_dumps() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def close(starts_programs: bool = False) -> bool:
    """Refuses new programs, processes and sockets from now on; threads stay. False where the kernel or the processor has no such filter."""
    machine = platform.machine()
    if machine not in ("x86_64", "aarch64"):
        return False
    arm = machine == "aarch64"
    steps = [
        _step(0x20, 4), _step(0x15, 0xC00000B7 if arm else 0xC000003E, 1, 0), _step(0x06, _KILL),
        _step(0x20, 0),
        # The numbers of the other interface of x86-64.
        _step(0x35, 0x40000000, 0, 1), _step(0x06, _ENOSYS),
    ]
    if not starts_programs:
        # The arguments of clone3 lie in memory that no filter can read; told that it is missing, the C library takes clone.
        steps += [_step(0x15, _CLONE3, 0, 1), _step(0x06, _ENOSYS)]
        steps += [
            _step(0x15, 220 if arm else 56, 0, 4), _step(0x20, 16), _step(0x45, _CLONE_THREAD, 1, 0), _step(0x06, _EPERM), _step(0x06, _ALLOW),
        ]
    for name, numbers in _REFUSED.items():
        number = numbers[1 if arm else 0]
        if number is not None and not (starts_programs and name in _PROGRAMS):
            if name in ("kill", "tgkill"):
                steps += _to_itself(number)
            elif name == "prlimit64":
                # Zero is itself.
                steps += [_step(0x15, number, 0, 4), _step(0x20, 16), _step(0x15, 0, 1, 0), _step(0x06, _EPERM), _step(0x06, _ALLOW)]
            else:
                steps += [_step(0x15, number, 0, 1), _step(0x06, _EPERM)]
    steps.append(_step(0x06, _ALLOW))
    program = ctypes.create_string_buffer(b"".join(steps))
    head = _Program(len(steps), ctypes.addressof(program))
    return (
        _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        and _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(head), 0, 0) == 0
    )


# Landlock's numbers are the same everywhere.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_WRITE_FILE = 1 << 1
_TRUNCATE = 1 << 14
# To write, remove and make, as of its first version, and what came with the second and the third.
_WRITING = _WRITE_FILE | 0x1FF << 4
_DEVICES = 1 << 6 | 1 << 11
_REFER = 1 << 13


def write_only_in(folders: Sequence[str]) -> bool:
    """Lets this process write beneath these folders alone, and to /dev/null. False where the kernel has no landlock."""
    version = _libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    newer = (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    handled = struct.pack("=Q", _WRITING | newer)
    ruleset = _libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    if ruleset < 0:
        return False
    try:
        allowed = [(folder, (_WRITING | newer) & ~_DEVICES) for folder in folders]
        for path, rights in [*allowed, ("/dev/null", _WRITE_FILE | newer & _TRUNCATE)]:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                if _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0) != 0:
                    return False
            finally:
                os.close(place)
        return _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and _libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("start", ctypes.c_void_p)]


def _to_itself(number: int) -> list:
    return [_step(0x15, number, 0, 4), _step(0x20, 16), _step(0x15, os.getpid(), 1, 0), _step(0x06, _EPERM), _step(0x06, _ALLOW)]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def thread_count() -> int:
    """Threads of this process."""
    return len(os.listdir("/proc/self/task"))


def level(asked: Optional[str], starts_programs: bool = False) -> str:
    """Closes what ``CLIPGUARD_SANDBOX`` asks for and gives the level that is in force."""
    if asked in ("Standard", "Strict") and close(starts_programs):
        return "Standard"
    return "Off"
