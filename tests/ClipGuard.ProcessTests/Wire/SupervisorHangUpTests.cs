using System.Text.Json;

using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Wire;

/// <summary>A helper whose supervisor hangs up on it ends by itself, and well.</summary>
internal sealed unsafe class SupervisorHangUpTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Of messages that the other side has closed without reading, the kernel tells a helper in its next call.
    [Test]
    public void A_supervisor_that_hangs_up_with_a_message_unread_is_merely_gone()
    {
        HelperProcess helper = Start();
        ProcessExit exit;
        try
        {
            // It has said that it is ready, which nobody reads, and is about to answer.
            var decode = new DecodeMessage(1, MisbehavingHelperProgram.Script("late:1500")) { OutputCapacity = helper.Memory.PayloadCapacity };
            Assert.That(MessageSocket.Send(helper.Socket, JsonSerializer.SerializeToUtf8Bytes(decode, WireJson.Default.DecodeMessage)), Is.Null);
            Assert.That(() => helper.Memory.Marks->Frames, Is.Positive.After((int)Patience.TotalMilliseconds, 5));
            helper.CloseSocket();
            Assert.That(ProcessWait.ForEnd(helper.PidDescriptor, Patience), "it ends by itself");
        }
        finally
        {
            helper.Kill();
            _ = ProcessWait.ForEnd(helper.PidDescriptor, Patience);
            _ = helper.TryReap(out exit);
            helper.Release();
        }

        Assert.That(exit.IsClean, $"it {exit}");
    }

    private static HelperProcess Start()
    {
        var launch = HelperLaunch.From(MisbehavingHelperProgram.Options(IsolationMode.Pooled) with { Sandbox = SandboxLevel.Off });
        var spawner = HelperSpawner.For(SandboxLevel.Off);
        var started = new TaskCompletionSource<HelperProcess>();
        spawner.Post(() => started.SetResult(HelperProcess.Start(launch, spawner.DevNull)));
        return started.Task.GetAwaiter().GetResult();
    }
}
