using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.ObjectStorage;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Fetching;
using ClipGuard.TestStore;

using NUnit.Framework;

namespace ClipGuard.Tests.ObjectStorage;

/// <summary>Clips in an object store that does what it should, and in one that does not.</summary>
[CancelAfter(60_000)]
internal sealed class S3FetchingTests
{
    private const string Name = "bucket/some/clip #1 100%.wav";

    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 200_000).Select(static at => (byte)(at * 31))];

    private static readonly FetchOptions Quick = new() { RetryPause = TimeSpan.FromMilliseconds(1), Retries = 2 };

    private ObjectStore _store = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _store = await ObjectStore.StartAsync();
        _store.Put(Name, Bytes);
    }

    [TearDown]
    public async Task StopAsync() => await _store.DisposeAsync();

    [Test]
    public async Task An_object_comes_byte_for_byte_by_one_request_without_a_secret_or_a_signature()
    {
        Assert.That(await BytesAsync(), Is.EqualTo(Bytes));
        AskedRequest asked = _store.Asked.Single();
        Assert.That((asked.Name, asked.Range, asked.Headers.ContainsKey("Authorization")), Is.EqualTo((Name, "bytes=0-", false)));
    }

    [Test]
    public async Task A_member_of_a_shard_comes_by_its_range_and_is_bound_to_the_version()
    {
        Assert.That(await BytesAsync(Source(1000, 500, "\"b5-1\"")), Is.EqualTo(Bytes[1000..1500]));
        Assert.That((_store.Asked.Single().Range, _store.Asked.Single().Condition), Is.EqualTo(("bytes=1000-1499", "\"b5-1\"")));
    }

    // An ETag is no MD5 where an object was uploaded in parts or is encrypted, and where the store is another's it is anything.
    [TestCase("\"d41d8cd98f00b204e9800998ecf8427e\"")]
    [TestCase("\"b5-17\"")]
    [TestCase("W/\"weak\"")]
    [TestCase("odd, without quotes")]
    [TestCase(null)]
    public async Task An_ETag_may_be_anything(string? tag)
    {
        _store.Put(Name, Bytes, tag);
        Assert.That(await BytesAsync(), Is.EqualTo(Bytes));
    }

    [Test]
    public async Task An_object_may_be_empty()
    {
        _store.Put(Name, []);
        Assert.That(await BytesAsync(), Is.Empty);
    }

    [Test]
    public async Task A_length_need_not_be_promised()
    {
        _store.Misbehave = static (_, _) => new Misbehaviour { SaysNoLength = true };
        Assert.That(await BytesAsync(), Is.EqualTo(Bytes));
    }

    [Test]
    public async Task A_store_that_sends_no_ranges_sends_the_whole()
    {
        _store.Misbehave = static (_, _) => new Misbehaviour { IgnoresRange = true };
        Assert.That(await BytesAsync(), Is.EqualTo(Bytes));
        ClipFault fault = (await FetchAsync(Source(1000, 500))).Fault!;
        Assert.That((fault.Kind, fault.Message), Is.EqualTo((FaultKind.Unsupported, $"s3://{Name[..17]}?…[1000..1500]: its server sends no ranges of bytes.")));
    }

    [Test]
    public async Task A_body_that_breaks_off_is_gone_on_with_where_it_did()
    {
        _store.Misbehave = static (_, before) => before < 2 ? new Misbehaviour { BreaksAfter = 70_000 } : null;
        Assert.That(await BytesAsync(), Is.EqualTo(Bytes));
        Assert.That(_store.Asked.Select(asked => asked.Range), Is.EqualTo(new[] { "bytes=0-", "bytes=70000-", "bytes=140000-" }));
        Assert.That(_store.Asked.Select(asked => asked.Condition), Is.EqualTo(new[] { null, "\"b5-1\"", "\"b5-1\"" }));
    }

    [Test]
    public async Task A_body_that_stalls_is_given_up_and_gone_on_with()
    {
        _store.Misbehave = static (_, before) => before == 0 ? new Misbehaviour { StallsAfter = 70_000 } : null;
        Assert.That(await BytesAsync(options: Quick with { WaitLimit = TimeSpan.FromSeconds(0.3) }), Is.EqualTo(Bytes));
        Assert.That(_store.Asked.Select(asked => asked.Range), Is.EqualTo(new[] { "bytes=0-", "bytes=70000-" }));
    }

    [Test]
    public async Task Of_an_object_that_changes_while_it_comes_nothing_is_mixed()
    {
        byte[] other = [.. Bytes.Reverse()];
        _store.Misbehave = (_, before) =>
        {
            if (before == 1)
            {
                _store.Put(Name, other, "\"other\"");
            }

            return before == 0 ? new Misbehaviour { BreaksAfter = 70_000 } : null;
        };
        Assert.That(await BytesAsync(), Is.EqualTo(other));
        Assert.That(_store.Asked.Select(asked => asked.Range), Is.EqualTo(new[] { "bytes=0-", "bytes=70000-", "bytes=0-" }));
    }

    [Test]
    public async Task A_shard_that_has_changed_says_nothing_of_a_clip_in_it()
    {
        UnsettledClip unsettled = (await FetchAsync(Source(1000, 500, "\"older\""))).Unsettled!;
        Assert.That(unsettled.Cause, Is.EqualTo(UnsettledCause.Server));
        Assert.That(unsettled.Message, Does.EndWith(": the store answered 412 PreconditionFailed."));
        Assert.That(_store.Asked, Has.Count.EqualTo(1));
    }

    [TestCase("bytes 0-199999/200000")]
    [TestCase("bytes 1000-1498/200000")]
    [TestCase("bytes 999-1498/200000")]
    [TestCase("bytes 1000-1499/1200")]
    [TestCase("bytes */200000")]
    [TestCase("lines 1000-1499/200000")]
    [TestCase("")]
    public async Task An_answer_to_another_question_is_not_taken(string range)
    {
        _store.Misbehave = (_, _) => new Misbehaviour { ContentRange = range };
        ClipFetchResult fetched = await FetchAsync(Source(1000, 500));
        Assert.That((fetched.Bytes, fetched.Fault, fetched.Unsettled?.Cause), Is.EqualTo(((MemorySource?)null, (ClipFault?)null, UnsettledCause.Server)));
        Assert.That(_store.Asked, Has.Count.EqualTo(3));
    }

    // By itself the SDK sends 52 requests to such a store, and .NET's handler each of its own four times.
    [Test]
    public async Task A_store_that_hangs_up_is_asked_once_for_each_try(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(LoopbackServer.HangUp);
        using var fetcher = new S3Fetcher(new S3Options { Endpoint = new Uri(server.Address, "/"), Anonymous = true });
        using var clips = new ClipFetcher(Quick with { Fetchers = [fetcher] }, TimeSpan.FromSeconds(30));
        ClipFetchResult fetched = await clips.FetchAsync(Source(), null, cancellation);
        Assert.That(fetched.Unsettled?.Message, Does.EndWith("The server hung up without an answer."));
        Assert.That(fetched.Unsettled?.PostMortem.Log, Is.EqualTo(new[] { "3 tries" }));
        Assert.That(server.Asked, Is.EqualTo(3));
    }

    [TestCase(429, "TooManyRequests")]
    [TestCase(503, "SlowDown")]
    [TestCase(500, "InternalError")]
    public async Task A_store_is_left_alone_for_as_long_as_it_asks(int status, string code)
    {
        _store.Misbehave = (_, _) => new Misbehaviour { Status = status, Code = code, RetryAfter = "120" };
        UnsettledClip unsettled = (await FetchAsync(Source())).Unsettled!;
        Assert.That(unsettled.Message, Does.EndWith($": the store answered {status} {code}."));
        Assert.That(unsettled.PostMortem.Log, Is.EqualTo(new[] { "asked to come back in 120 s" }));
        Assert.That(_store.Asked, Has.Count.EqualTo(1), "there is no time for that, so it is not asked again");
    }

    [Test]
    public async Task A_store_that_is_busy_is_asked_again_later()
    {
        _store.Misbehave = static (_, before) => before == 0 ? new Misbehaviour { Status = 503, RetryAfter = "1" } : null;
        long began = TimeProvider.System.GetTimestamp();
        Assert.That(await BytesAsync(), Is.EqualTo(Bytes));
        Assert.That(TimeProvider.System.GetElapsedTime(began), Is.GreaterThan(TimeSpan.FromSeconds(0.9)));
        Assert.That(_store.Asked, Has.Count.EqualTo(2));
    }

    [TestCase(403, "AccessDenied")]
    [TestCase(400, "ExpiredToken")]
    [TestCase(401, "Unauthorized")]
    [TestCase(301, "PermanentRedirect")]
    public async Task A_refusal_says_nothing_of_the_clip_and_is_not_tried_again(int status, string code)
    {
        _store.Misbehave = (_, _) => new Misbehaviour { Status = status, Code = code };
        Assert.That((await FetchAsync(Source())).Unsettled?.Message, Does.Contain($": the store answered {status} {code}"));
        Assert.That(_store.Asked, Has.Count.EqualTo(1));
    }

    [TestCase("s3://bucket/nothing.wav", "the store answered 404 NoSuchKey", FaultKind.Missing)]
    [TestCase("s3://bucket", "the address names no object, as s3://bucket/key does", FaultKind.Missing)]
    [TestCase("s3://bucket/a/../nothing.wav", "a key with '.' or '..' as a part is not read", FaultKind.Unsupported)]
    public async Task What_is_no_object_is_that_clips_fault(string address, string message, FaultKind kind)
    {
        ClipFault fault = (await FetchAsync(new RemoteSource(new Uri(address)))).Fault!;
        Assert.That((fault.Kind, fault.Message), Is.EqualTo((kind, $"{address}: {message}.")));
        Assert.That(fault.PostMortem.Time.WaitedForBytes, Is.EqualTo(fault.PostMortem.Elapsed));
    }

    [Test]
    public async Task A_clip_that_is_too_large_is_not_taken()
    {
        ClipFault fault = (await FetchAsync(Source(), Quick with { MaxBytes = 1000 })).Fault!;
        Assert.That((fault.Kind, fault.Message), Is.EqualTo((FaultKind.LimitExceeded, $"s3://{Name[..17]}?…: 200000 bytes are over the limit of 1000 bytes.")));
    }

    [Test]
    public async Task A_scheme_that_nothing_fetches_is_said_to_be_so(CancellationToken cancellation)
    {
        using var clips = new ClipFetcher(Quick, TimeSpan.FromSeconds(30));
        ClipFault fault = (await clips.FetchAsync(Source(), null, cancellation)).Fault!;
        Assert.That(fault.Kind, Is.EqualTo(FaultKind.Unsupported));
        Assert.That(fault.Message, Does.Contain("--allow-s3, or an S3Fetcher of the package ClipGuard.S3"));
    }

    [TestCase(1000)]
    [TestCase(2)]
    [TestCase(1)]
    public async Task Listings_come_page_by_page(int page)
    {
        string[] names = ["bucket/l/a&<b>.wav", "bucket/l/c d.wav", "bucket/l/e.wav"];
        Array.ForEach(names, name => _store.Put(name, []));
        _store.Put("bucket/l/folder/", []);
        _store.PageSize = page;
        Assert.That(await ListAsync("s3://bucket/l/"), Is.EqualTo(names.Select(name => $"s3://{name}")));
    }

    [Test]
    public async Task A_listing_may_be_empty() => Assert.That(await ListAsync("s3://bucket/nothing/"), Is.Empty);

    [Test]
    public void A_listing_that_is_denied_is_an_error()
    {
        _store.Misbehave = static (_, _) => new Misbehaviour { Status = 403, Code = "AccessDenied" };
        Assert.That(() => ListAsync("s3://bucket/"), Throws.InstanceOf<FetchException>().With.Message.Contains("403 AccessDenied"));
    }

    private static RemoteSource Source(long offset = 0, long? length = null, string? version = null) =>
        new(new Uri($"s3://{Name}")) { Offset = offset, Length = length, Version = version };

    private async Task<IEnumerable<string>> ListAsync(string prefix)
    {
        using S3Fetcher fetcher = NewFetcher();
        using var fetch = new RetryingFetch(Quick with { Fetchers = [fetcher] });
        IReadOnlyList<Uri> found = await fetch.ListAsync(new Uri(prefix), new FetchLimits(TimeSpan.FromSeconds(30), 1000), CancellationToken.None);
        return found.Select(static address => address.OriginalString);
    }

    private async Task<byte[]> BytesAsync(RemoteSource? source = null, FetchOptions? options = null)
    {
        ClipFetchResult fetched = await FetchAsync(source ?? Source(), options);
        return fetched.Bytes?.Bytes.ToArray() ?? throw new AssertionException(fetched.Fault?.Message ?? fetched.Unsettled!.Message);
    }

    private async Task<ClipFetchResult> FetchAsync(RemoteSource source, FetchOptions? options = null)
    {
        using S3Fetcher fetcher = NewFetcher();
        using var clips = new ClipFetcher((options ?? Quick) with { Fetchers = [fetcher] }, TimeSpan.FromSeconds(60));
        return await clips.FetchAsync(source, null, CancellationToken.None);
    }

    private S3Fetcher NewFetcher() => new(new S3Options { Endpoint = _store.Address, Anonymous = true });
}
