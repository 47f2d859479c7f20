using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Fetching;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Support;

/// <summary>A clip that a server on the loopback interface has, and fetches of it.</summary>
internal static class LoopbackFetches
{
    public static readonly byte[] Clip = Wave.Ramp(16_000, 100);

    public static readonly FetchOptions Quick = new() { RetryPause = TimeSpan.FromMilliseconds(1), WaitLimit = TimeSpan.FromSeconds(20) };

    /// <summary>A server that has the clip.</summary>
    public static LoopbackServer ServerWithClip() => new(LoopbackServer.Answer("200 OK", Clip));

    /// <summary>An answer that leads elsewhere.</summary>
    public static byte[] RedirectionTo(object location, string status = "302 Found") => LoopbackServer.Answer(status, [], headers: $"Location: {location}\r\n");

    public static async Task<byte[]> BytesAsync(LoopbackServer server, FetchOptions options, CancellationToken cancellation)
    {
        using var fetcher = new ClipFetcher(options, TimeSpan.FromSeconds(60));
        (MemorySource? bytes, ClipFault? fault, _) = await fetcher.FetchAsync(new RemoteSource(server.Address), null, cancellation);
        return bytes?.Bytes.ToArray() ?? throw new AssertionException(fault?.Message ?? "unsettled");
    }

    public static async Task<ClipFault> FaultAsync(LoopbackServer server, FetchOptions options, CancellationToken cancellation)
    {
        ClipFetchResult fetched = await FetchAsync(server, options, cancellation);
        Assert.That((fetched.Bytes, fetched.Unsettled), Is.EqualTo(((MemorySource?)null, (UnsettledClip?)null)));
        return fetched.Fault!;
    }

    public static async Task<UnsettledClip> UnsettledAsync(LoopbackServer server, FetchOptions options, CancellationToken cancellation)
    {
        ClipFetchResult fetched = await FetchAsync(server, options, cancellation);
        Assert.That((fetched.Bytes, fetched.Fault), Is.EqualTo(((MemorySource?)null, (ClipFault?)null)));
        return fetched.Unsettled!;
    }

    public static async Task<ClipFetchResult> FetchAsync(LoopbackServer server, FetchOptions options, CancellationToken cancellation)
    {
        using var fetcher = new ClipFetcher(options, TimeSpan.FromSeconds(60));
        return await fetcher.FetchAsync(new RemoteSource(server.Address), null, cancellation);
    }
}
