using System.Diagnostics;
using System.IO.Compression;

using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Fetching;

using NUnit.Framework;

using static ClipGuard.ProcessTests.Support.LoopbackFetches;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Clips at http addresses, from a server on the loopback interface.</summary>
[CancelAfter(60_000)]
internal sealed class FetchingTests
{
    [Test]
    public async Task What_the_server_sends_comes_byte_for_byte(CancellationToken cancellation)
    {
        await using LoopbackServer server = ServerWithClip();
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
    public async Task What_fails_and_may_pass_is_tried_again(CancellationToken cancellation)
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
        UnsettledClip unsettled = await UnsettledAsync(server, Quick with { Retries = 2 }, cancellation);
        Assert.That(unsettled.Cause, Is.EqualTo(UnsettledCause.Server));
        Assert.That(unsettled.Message, Does.EndWith("the server answered 503 Busy."));
        Assert.That(unsettled.PostMortem.Log, Is.EqualTo(new[] { "3 tries" }));
        Assert.That(server.Asked, Is.EqualTo(3));
    }

    [Test]
    public async Task A_server_that_says_nothing_is_given_up(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Silence);
        UnsettledClip unsettled = await UnsettledAsync(server, Quick with { Retries = 1, WaitLimit = TimeSpan.FromSeconds(0.2) }, cancellation);
        Assert.That(unsettled.Cause, Is.EqualTo(UnsettledCause.Server));
        Assert.That(unsettled.Message, Does.EndWith("the server said nothing for 0.2 s."));
        Assert.That(unsettled.PostMortem.Log, Is.EqualTo(new[] { "2 tries" }));
    }

    [Test]
    public async Task All_tries_together_have_the_deadline(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Silence);
        using var fetcher = new ClipFetcher(Quick, TimeSpan.FromSeconds(0.3));
        ClipFetchResult fetched = await fetcher.FetchAsync(new RemoteSource(server.Address), null, cancellation);
        Assert.That((fetched.Bytes, fetched.Fault, fetched.Unsettled?.Cause), Is.EqualTo(((MemorySource?)null, (ClipFault?)null, UnsettledCause.Server)));
        Assert.That(fetched.Unsettled!.Message, Does.EndWith("not there within 0.3 s."));
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
    public async Task A_server_that_hangs_up_is_asked_once_for_each_try(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.HangUp);
        UnsettledClip unsettled = await UnsettledAsync(server, Quick with { Retries = 2 }, cancellation);
        Assert.That(unsettled.Message, Does.EndWith("The server hung up without an answer."));
        Assert.That(unsettled.PostMortem.Log, Is.EqualTo(new[] { "3 tries" }));
        Assert.That(server.Asked, Is.EqualTo(3));
    }

    [Test]
    public async Task A_body_that_breaks_off_is_gone_on_with_where_the_server_tells_a_version(CancellationToken cancellation)
    {
        const string Tag = "ETag: \"1\"\r\n";
        string range = $"Content-Range: bytes 50-{Clip.Length - 1}/{Clip.Length}\r\n";
        await using var server = new LoopbackServer(
            LoopbackServer.Answer("200 OK", Clip[..50], promised: Clip.Length, headers: Tag),
            LoopbackServer.Answer("206 Partial Content", Clip[50..], headers: Tag + range));
        Assert.That(await BytesAsync(server, Quick, cancellation), Is.EqualTo(Clip));
        Assert.That(server.Requests[1], Does.Contain("\r\nRange: bytes=50-\r\n").And.Contain("\r\nIf-Match: \"1\"\r\n"));
    }

    [TestCase("401 Unauthorized", true, 1)]
    [TestCase("403 Forbidden", true, 1)]
    [TestCase("407 Proxy Authentication Required", true, 1)]
    [TestCase("408 Request Timeout", true, 2)]
    [TestCase("429 Too Many Requests", true, 2)]
    [TestCase("500 Oh No", true, 2)]
    [TestCase("410 Gone", false, 1)]
    [TestCase("400 Bad Request", false, 1)]
    public async Task A_refusal_that_says_nothing_of_the_clip_leaves_it_unsettled(string status, bool isUnsettled, int asked, CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Answer(status, []));
        ClipFetchResult fetched = await FetchAsync(server, Quick with { Retries = 1 }, cancellation);
        Assert.That((fetched.Unsettled is not null, fetched.Fault?.Kind), Is.EqualTo((isUnsettled, isUnsettled ? (FaultKind?)null : FaultKind.Missing)));
        Assert.That(server.Asked, Is.EqualTo(asked));
    }

    [Test]
    public async Task A_server_is_asked_again_when_it_wants_to_be(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(
            LoopbackServer.Answer("429 Too Many Requests", [], headers: "Retry-After: 1\r\n"), LoopbackServer.Answer("200 OK", Clip));
        long began = Stopwatch.GetTimestamp();
        Assert.That(await BytesAsync(server, Quick, cancellation), Is.EqualTo(Clip));
        Assert.That(Stopwatch.GetElapsedTime(began), Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(0.9)));
    }

    [Test]
    public async Task A_server_that_wants_to_be_asked_too_late_is_not_waited_for(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Answer("503 Busy", [], headers: "Retry-After: 3600\r\n"));
        UnsettledClip unsettled = await UnsettledAsync(server, Quick, cancellation);
        Assert.That(unsettled.Message, Does.EndWith("the server answered 503 Busy."));
        Assert.That(unsettled.PostMortem.Log, Does.Contain("asked to come back in 3600 s"));
        Assert.That(server.Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_dead_server_is_left_alone_after_some_clips_and_waited_for_by_those_that_can(CancellationToken cancellation)
    {
        byte[] busy = LoopbackServer.Answer("503 Busy", []);
        await using var server = new LoopbackServer(busy, busy, busy, LoopbackServer.Answer("200 OK", Clip));
        using var fetcher = new ClipFetcher(Quick with { Retries = 0 }, TimeSpan.FromSeconds(60));
        var source = new RemoteSource(server.Address);
        for (int clip = 0; clip < 6; clip++)
        {
            Assert.That((await fetcher.FetchAsync(source, null, cancellation)).Unsettled?.Cause, Is.EqualTo(UnsettledCause.Server));
        }

        Assert.That(server.Asked, Is.EqualTo(3));
        Assert.That((await fetcher.FetchAsync(source, TimeSpan.FromSeconds(50), cancellation)).Bytes?.Bytes.ToArray(), Is.EqualTo(Clip));
        Assert.That((await fetcher.FetchAsync(source, null, cancellation)).Bytes?.Bytes.ToArray(), Is.EqualTo(Clip));
    }

    [TestCase("gzip")]
    [TestCase("deflate")]
    public async Task A_body_that_is_compressed_on_its_way_is_unpacked_and_bounded_then(string encoding, CancellationToken cancellation)
    {
        byte[] body = Packed(encoding, Clip);
        byte[] bomb = Packed(encoding, new byte[8 << 20]);
        string header = $"Content-Encoding: {encoding}\r\n";
        await using var server = new LoopbackServer(
            LoopbackServer.Answer("200 OK", body, headers: header), LoopbackServer.Answer("200 OK", bomb, headers: header),
            LoopbackServer.Answer("200 OK", Clip, headers: header));

        Assert.That(await BytesAsync(server, Quick with { MaxBytes = 1 << 20 }, cancellation), Is.EqualTo(Clip));
        Assert.That(bomb, Has.Length.LessThan(1 << 20));
        Assert.That((await FaultAsync(server, Quick with { MaxBytes = 1 << 20 }, cancellation)).Kind, Is.EqualTo(FaultKind.LimitExceeded));
        Assert.That((await FaultAsync(server, Quick, cancellation)).Message, Does.Contain("its body cannot be unpacked"));
    }

    [Test]
    public async Task What_may_be_secret_in_an_address_is_not_in_the_fault(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Answer("404 Not Found", []));
        var address = new UriBuilder(server.Address) { UserName = "me", Password = "secret", Query = "token=secret", Fragment = "secret" };
        using var fetcher = new ClipFetcher(Quick, TimeSpan.FromSeconds(60));

        (_, ClipFault? fault, _) = await fetcher.FetchAsync(new RemoteSource(address.Uri), null, cancellation);

        Assert.That(fault?.Message, Is.EqualTo($"{server.Address}?…: the server answered 404 Not Found."));
    }

    [Test]
    public async Task A_server_that_is_not_there_leaves_its_clips_unsettled(CancellationToken cancellation)
    {
        var server = new LoopbackServer(LoopbackServer.Silence);
        await server.DisposeAsync();
        UnsettledClip unsettled = await UnsettledAsync(server, Quick with { Retries = 1 }, cancellation);
        Assert.That(unsettled.Cause, Is.EqualTo(UnsettledCause.Server));
        Assert.That(unsettled.PostMortem.Log, Does.Contain("2 tries"));
    }

    [Test]
    public async Task A_caller_that_gives_up_gets_no_fault(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Silence);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var fetcher = new ClipFetcher(Quick, TimeSpan.FromSeconds(60));
        Task fetching = fetcher.FetchAsync(new RemoteSource(server.Address), null, caller.Token);
        await caller.CancelAsync();
        Assert.That(async () => await fetching, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task That_the_fetcher_ends_is_not_the_clips_fault(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.Silence);
        var fetcher = new ClipFetcher(Quick with { Retries = 0 }, TimeSpan.FromSeconds(60));
        Task fetching = fetcher.FetchAsync(new RemoteSource(server.Address), null, cancellation);
        while (server.Asked == 0)
        {
            await Task.Delay(10, cancellation);
        }

        fetcher.Dispose();
        Assert.That(async () => await fetching, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await fetcher.FetchAsync(new RemoteSource(server.Address), null, cancellation), Throws.InstanceOf<ObjectDisposedException>());
    }

    [TestCase(IsolationMode.Pooled)]
    [TestCase(IsolationMode.InProcess)]
    public async Task A_fetched_clip_is_decoded_as_one_in_memory(IsolationMode isolation, CancellationToken cancellation)
    {
        if (LibavLoader.FindProblem() is { } problem)
        {
            Assert.Ignore(problem);
        }

        await using var server = new LoopbackServer(LoopbackServer.Answer("200 OK", Clip), LoopbackServer.Answer("404 Not Found", []));
        var options = new SupervisorOptions { Isolation = isolation, HelperPath = PublishedCommand.HelperProgram, Workers = 1, Spares = 0, Fetching = Quick };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        var request = new DecodeRequest(new RemoteSource(server.Address), new AudioSpec());

        using DecodeOutcome outcome = await supervisor.DecodeAsync(request, cancellation);
        Assert.That(outcome.Clip?.Shape, Is.EqualTo(new[] { 1, 100 }), () => outcome.Fault!.Message);
        using DecodeOutcome missing = await supervisor.DecodeAsync(request, cancellation);
        Assert.That(missing.Fault?.Kind, Is.EqualTo(FaultKind.Missing));
    }

    private static byte[] Packed(string encoding, byte[] bytes)
    {
        var packed = new MemoryStream();
        using (Stream packing = encoding == "gzip" ? new GZipStream(packed, CompressionLevel.Optimal) : new ZLibStream(packed, CompressionLevel.Optimal))
        {
            packing.Write(bytes);
        }

        return packed.ToArray();
    }
}
