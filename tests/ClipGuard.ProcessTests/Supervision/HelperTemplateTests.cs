using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Helpers that are forked from one which has loaded what decoding needs: a few lines of Python that keep to the protocol.</summary>
[TestFixture]
[CancelAfter(60_000)]
internal sealed class HelperTemplateTests
{
    // Answers with as many samples as the clip's name says; "die" ends it by a signal, "id" tells its parent and whether it is a fork.
    private const string Worker = """
        import array, ctypes, json, mmap, os, signal, socket, struct, sys
        forked = False
        def greet():
            link.send(json.dumps({"type": "ready", "protocol": 2, "helper": "test 1", "decoder": "none 1", "kinds": ["audio"], "sandbox": "Off",
                "libraries": {"none": "1"}, "forks": not forked}).encode())
        def begin():
            global link, memory
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
            link = socket.socket(fileno=os.dup(3))
        begin()
        greet()
        while True:
            data, rights, _, _ = link.recvmsg(131072, 256)
            if not data:
                break
            fds = array.array("i")
            for _, _, d in rights:
                fds.frombytes(d)
            m = json.loads(data)
            if m["type"] == "fork":
                template = os.getpid()
                pid = os.fork()
                if pid == 0:
                    os.setsid()
                    link.close()
                    for n, fd in zip((2, 3, 4), fds):
                        os.dup2(fd, n)
                    for fd in fds:
                        os.close(fd)
                    forked = True
                    begin()
                    if os.getppid() != template:
                        os._exit(1)
                    greet()
                    continue
                for fd in fds:
                    os.close(fd)
                link.send(json.dumps({"type": "forked", "id": m["id"], "pid": pid}).encode())
            elif m["type"] == "reap":
                _, status = os.waitpid(m["pid"], 0)
                link.send(json.dumps({"type": "reaped", "pid": m["pid"], "status": status}).encode())
            else:
                name = os.path.basename(m["request"]["source"]["path"])
                if name == "die":
                    os.kill(os.getpid(), signal.SIGSEGV)
                values = [os.getpid(), os.getppid(), int(forked)]
                with mmap.mmap(4, 0) as memory:
                    struct.pack_into("3f", memory, 4096 + m["outputOffset"], *values)
                link.send(json.dumps({"type": "reply", "id": m["id"],
                    "clip": {"element": "Float32", "shape": [1, 3], "sampleRateHz": 16000, "damage": {}}}).encode())
        """;

    [Test]
    public async Task Helpers_are_forks_of_one_and_their_ends_are_told_by_it(CancellationToken cancellation)
    {
        string script = Path.Combine(Path.GetTempPath(), "template.py");
        await File.WriteAllTextAsync(script, Worker, cancellation);
        SupervisorOptions options = MisbehavingHelperProgram.Options(IsolationMode.Pooled) with
        {
            HelperPath = "/usr/bin/python3",
            HelperArguments = [script],
            ForksHelpers = true,
            Sandbox = SandboxLevel.Off,
            Workers = 1,
        };
        float template;
        await using (Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation))
        {
            (float first, template, float isForked) = await IdsAsync(supervisor, cancellation);
            Assert.That(isForked, Is.EqualTo(1));
            Assert.That(Process.GetProcessById((int)template).HasExited, Is.False);

            Assert.That(
                async () => await supervisor.DecodeAsync(new DecodeRequest(new FileSource("/scripts/id"), new VideoSpec()), cancellation),
                Throws.ArgumentException.With.Message.Contains("test 1 decodes audio"));
            using (DecodeOutcome died = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("die"), cancellation))
            {
                Assert.That(died.Fault?.Kind, Is.EqualTo(FaultKind.Crashed));
                Assert.That(died.Fault!.PostMortem.Signal, Is.EqualTo(11), "as the template's waitpid told");
            }

            (float next, float parent, _) = await IdsAsync(supervisor, cancellation);
            Assert.That((next != first, parent), Is.EqualTo((true, template)), "another fork of the same");

            // A fork that is still there when its template has just been killed may decode one more clip.
            IReadOnlyList<int> forks = PublishedCommand.HelpersOf((int)template);
            Process.GetProcessById((int)template).Kill();
            while (PublishedCommand.IsAlive((int)template) || forks.Any(PublishedCommand.IsAlive))
            {
                await Task.Delay(5, cancellation);
            }

            (_, float later, float isFork) = await IdsAsync(supervisor, cancellation);
            Assert.That((later != template, isFork), Is.EqualTo((true, 0f)), "without the template each helper is started by itself");
        }

        Assert.That(() => Process.GetProcessById((int)template), Throws.ArgumentException, "ended and reaped");
    }

    private static async Task<(float Pid, float Parent, float IsForked)> IdsAsync(Supervisor supervisor, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("id"), cancellation);
        Assert.That(outcome.IsClip, () => outcome.Fault?.Message ?? outcome.Unsettled!.Message);
        float[] ids = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(outcome.Payload).ToArray();
        return (ids[0], ids[1], ids[2]);
    }
}
