using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Fetching;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Clips at http addresses, from a server on the loopback interface.</summary>
[CancelAfter(60_000)]
internal sealed class FetchingTests
{
    private static readonly byte[] Clip = Wave.Ramp(16_000, 100);

    private static readonly FetchOptions Quick = new() { RetryPause = TimeSpan.FromMilliseconds(1), WaitLimit = TimeSpan.FromSeconds(20) };

    [Test]
    public async Task What_the_server_sends_comes_byte_for_byte(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Answer("200 OK", Clip));
        Assert.That(await BytesAsync(server, Quick, cancellation), Is.EqualTo(Clip));
        Assert.That(server.Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_length_need_not_be_promised(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Unsized(Clip));
        Assert.That(await BytesAsync(server, Quick, cancellation), Is.EqualTo(Clip));
    }

    [Test]
    public async Task Trouble_that_may_pass_is_tried_again(CancellationToken cancellation)
    {
        byte[] cutOff = LoopbackServer.Answer("200 OK", Clip[..50], promised: Clip.Length);
        await using var server = new LoopbackServer(LoopbackServer.Answer("503 Busy", []), [1, 2, 3], cutOff, LoopbackServer.Answer("200 OK", Clip));
        Assert.That(await BytesAsync(server, Quick, cancellation), Is.EqualTo(Clip));
        Assert.That(server.Asked, Is.EqualTo(4));
    }

    [Test]
    public async Task What_is_not_there_is_missing_at_once(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Answer("404 Not Found", []));
        ClipFault fault = await FaultAsync(server, Quick, cancellation);
        Assert.That((fault.Kind, fault.Stage), Is.EqualTo((FaultKind.Missing, DecodeStage.Open)));
        Assert.That(fault.Message, Is.EqualTo($"{server.Address}: the server answered 404 Not Found."));
        Assert.That(server.Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_server_that_stays_busy_is_given_up(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Answer("503 Busy", []));
        ClipFault fault = await FaultAsync(server, Quick with { Retries = 2 }, cancellation);
        Assert.That(fault.Kind, Is.EqualTo(FaultKind.Missing));
        Assert.That(fault.Message, Does.EndWith("the server answered 503 Busy (3 tries)."));
        Assert.That(server.Asked, Is.EqualTo(3));
    }

    [Test]
    public async Task A_server_that_says_nothing_is_given_up(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Silence);
        ClipFault fault = await FaultAsync(server, Quick with { Retries = 1, WaitLimit = TimeSpan.FromSeconds(0.2) }, cancellation);
        Assert.That(fault.Kind, Is.EqualTo(FaultKind.Missing));
        Assert.That(fault.Message, Does.EndWith("the server said nothing for 0.2 s (2 tries)."));
    }

    [Test]
    public async Task All_tries_together_have_the_deadline(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Silence);
        using var fetcher = new ClipFetcher(Quick, TimeSpan.FromSeconds(0.3));
        (MemorySource? bytes, ClipFault? fault) = await fetcher.FetchAsync(new HttpSource(server.Address), cancellation);
        Assert.That((bytes, fault?.Kind), Is.EqualTo(((MemorySource?)null, FaultKind.Missing)));
        Assert.That(fault!.Message, Does.EndWith("not there within 0.3 s."));
    }

    [TestCase(true, "308 bytes are over the limit of 100 bytes.", TestName = "{m}(from its header)")]
    [TestCase(false, "it is over the limit of 100 bytes.", TestName = "{m}(while it comes)")]
    public async Task A_clip_that_is_too_large_is_not_taken(bool promised, string message, CancellationToken cancellation)
    {
        byte[] body = new byte[308];
        await using var server = new LoopbackServer(promised ? LoopbackServer.Answer("200 OK", body) : LoopbackServer.Unsized(body));
        ClipFault fault = await FaultAsync(server, Quick with { MaxBytes = 100 }, cancellation);
        Assert.That(fault.Kind, Is.EqualTo(FaultKind.LimitExceeded));
        Assert.That(fault.Message, Does.EndWith(message));
        Assert.That(server.Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_redirection_is_followed(CancellationToken cancellation)
    {
        await using var target = new LoopbackServer(LoopbackServer.Answer("200 OK", Clip));
        await using var server = new LoopbackServer(LoopbackServer.Answer("302 Found", [], headers: $"Location: {target.Address}\r\n"));
        Assert.That(await BytesAsync(server, Quick, cancellation), Is.EqualTo(Clip));
    }

    [Test]
    public async Task A_server_that_is_not_there_is_missing(CancellationToken cancellation)
    {
        var server = new LoopbackServer(LoopbackServer.Silence);
        await server.DisposeAsync();
        ClipFault fault = await FaultAsync(server, Quick with { Retries = 1 }, cancellation);
        Assert.That(fault.Kind, Is.EqualTo(FaultKind.Missing));
        Assert.That(fault.Message, Does.Contain("(2 tries)"));
    }

    [Test]
    public async Task A_caller_that_gives_up_gets_no_fault(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Silence);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var fetcher = new ClipFetcher(Quick, TimeSpan.FromSeconds(60));
        Task fetching = fetcher.FetchAsync(new HttpSource(server.Address), caller.Token);
        await caller.CancelAsync();
        Assert.That(async () => await fetching, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task That_the_fetcher_ends_is_not_the_clips_fault(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Silence);
        var fetcher = new ClipFetcher(Quick with { Retries = 0 }, TimeSpan.FromSeconds(60));
        Task fetching = fetcher.FetchAsync(new HttpSource(server.Address), cancellation);
        while (server.Asked == 0)
        {
            await Task.Delay(10, cancellation);
        }

        fetcher.Dispose();
        Assert.That(async () => await fetching, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await fetcher.FetchAsync(new HttpSource(server.Address), cancellation), Throws.InstanceOf<ObjectDisposedException>());
    }

    [TestCase(Isolation.Pooled)]
    [TestCase(Isolation.InProcess)]
    public async Task A_fetched_clip_is_decoded_as_one_in_memory(Isolation isolation, CancellationToken cancellation)
    {
        if (LibavLibrary.FindProblem() is { } trouble)
        {
            Assert.Ignore(trouble);
        }

        await using var server = new LoopbackServer(LoopbackServer.Answer("200 OK", Clip), LoopbackServer.Answer("404 Not Found", []));
        var options = new SupervisorOptions { Isolation = isolation, HelperPath = TestHelper.RealProgramPath, Workers = 1, Spares = 0, Fetching = Quick };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        var request = new DecodeRequest(new HttpSource(server.Address), new AudioSpec());

        using DecodeOutcome outcome = await supervisor.DecodeAsync(request, cancellation);
        Assert.That(outcome.Clip?.Shape, Is.EqualTo(new[] { 1, 100 }), () => outcome.Fault!.Message);
        using DecodeOutcome missing = await supervisor.DecodeAsync(request, cancellation);
        Assert.That(missing.Fault?.Kind, Is.EqualTo(FaultKind.Missing));
    }

    private static async Task<byte[]> BytesAsync(LoopbackServer server, FetchOptions options, CancellationToken cancellation)
    {
        using var fetcher = new ClipFetcher(options, TimeSpan.FromSeconds(60));
        (MemorySource? bytes, ClipFault? fault) = await fetcher.FetchAsync(new HttpSource(server.Address), cancellation);
        return bytes?.Bytes.ToArray() ?? throw new AssertionException(fault!.Message);
    }

    private static async Task<ClipFault> FaultAsync(LoopbackServer server, FetchOptions options, CancellationToken cancellation)
    {
        using var fetcher = new ClipFetcher(options, TimeSpan.FromSeconds(60));
        (MemorySource? bytes, ClipFault? fault) = await fetcher.FetchAsync(new HttpSource(server.Address), cancellation);
        Assert.That(bytes, Is.Null);
        return fault!;
    }
}
