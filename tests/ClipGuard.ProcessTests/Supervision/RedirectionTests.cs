using System.Net;

using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Fetching;

using NUnit.Framework;

using static ClipGuard.ProcessTests.Support.LoopbackFetches;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Addresses that lead to others, and where none may lead.</summary>
[CancelAfter(60_000)]
internal sealed class RedirectionTests
{
    [Test]
    public async Task A_redirection_is_followed(CancellationToken cancellation)
    {
        await using LoopbackServer target = ServerWithClip();
        await using var server = new LoopbackServer(RedirectionTo(target.Address));
        Assert.That(await BytesAsync(server, Quick, cancellation), Is.EqualTo(Clip));
    }

    [Test]
    public async Task Headers_go_to_the_server_that_is_named_and_to_none_that_it_redirects_to(CancellationToken cancellation)
    {
        await using LoopbackServer other = ServerWithClip();
        await using var server = new LoopbackServer(
            RedirectionTo("/again.wav"),
            RedirectionTo(other.Address));
        FetchOptions options = Quick with { HttpHeaders = [new HttpHeader("Authorization", "Bearer secret")] };
        Assert.That(await BytesAsync(server, options, cancellation), Is.EqualTo(Clip));
        Assert.That(server.Requests, Has.Length.EqualTo(2).And.All.Contains("\r\nAuthorization: Bearer secret\r\n"));
        Assert.That(other.Requests.Single(), Does.Not.Contain("secret"));
    }

    [TestCase("ftp://127.0.0.1/clip.wav", "the server redirects to ftp:, and clips are fetched over http and https alone.")]
    [TestCase("file:///etc/passwd", "the server redirects to file:, and clips are fetched over http and https alone.")]
    [TestCase("data:audio/wav;base64,UklGRg==", "the server redirects to data:, and clips are fetched over http and https alone.")]
    [TestCase("http://[::no", "the server redirects, and names no address to go to.")]
    public async Task A_redirection_to_another_scheme_or_to_nowhere_is_that_clips_fault(string location, string message, CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(RedirectionTo(location));
        ClipFault fault = await FaultAsync(server, Quick, cancellation);
        Assert.That((fault.Kind, fault.Message), Is.EqualTo((FaultKind.Unsupported, $"{server.Address}: {message}")));
        Assert.That(server.Asked, Is.EqualTo(1));
    }

    [TestCase("/other.wav")]
    [TestCase("other.wav?x=1")]
    public async Task A_redirection_may_be_relative(string location, CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(
            RedirectionTo(location, "307 Temporary Redirect"), LoopbackServer.Answer("200 OK", Clip));
        Assert.That(await BytesAsync(server, Quick, cancellation), Is.EqualTo(Clip));
    }

    [Test]
    public async Task Redirections_in_a_circle_are_left(CancellationToken cancellation)
    {
        await using var server = new LoopbackServer(RedirectionTo("/again", "301 Moved Permanently"));
        ClipFault fault = await FaultAsync(server, Quick, cancellation);
        Assert.That(fault.Message, Does.EndWith("the server redirects more than 5 times."));
        Assert.That(server.Asked, Is.EqualTo(6));
    }

    // 127.0.0.1 stands for a public address here, and 127.0.0.2 for a private one.
    [TestCase(false, false, false)]
    [TestCase(false, true, true)]
    [TestCase(true, false, true)]
    public async Task A_public_address_leads_to_no_private_one_unless_that_is_allowed(
        bool startsPrivate, bool allowed, bool isFetched, CancellationToken cancellation)
    {
        var inside = IPAddress.Parse("127.0.0.2");
        await using var target = new LoopbackServer(inside, LoopbackServer.Answer("200 OK", Clip));
        await using var second = new LoopbackServer(RedirectionTo($"{target.Address}?token=secret"));
        await using var server = new LoopbackServer(
            startsPrivate ? inside : IPAddress.Loopback, RedirectionTo(second.Address));
        using var fetcher = new ClipFetcher(Quick with { AllowPrivate = allowed }, TimeSpan.FromSeconds(60), isPrivate: inside.Equals);

        (MemorySource? bytes, ClipFault? fault, _) = await fetcher.FetchAsync(new RemoteSource(server.Address), null, cancellation);

        Assert.That((bytes is not null, target.Asked), Is.EqualTo((isFetched, isFetched ? 1 : 0)));
        Assert.That(fault?.Kind, Is.EqualTo(isFetched ? null : FaultKind.Unsupported));
        Assert.That(
            fault?.Message ?? string.Empty, isFetched ? Is.Empty : Does.Contain($"the private address {target.Address}?…; allow that with --allow-private"));
    }

    [TestCase("127.0.0.1", true)]
    [TestCase("10.1.2.3", true)]
    [TestCase("172.31.255.255", true)]
    [TestCase("172.32.0.1", false)]
    [TestCase("192.168.0.1", true)]
    [TestCase("169.254.169.254", true)]
    [TestCase("100.127.0.1", true)]
    [TestCase("0.0.0.0", true)]
    [TestCase("8.8.8.8", false)]
    [TestCase("::1", true)]
    [TestCase("::", true)]
    [TestCase("::ffff:10.0.0.1", true)]
    [TestCase("::ffff:8.8.8.8", false)]
    [TestCase("64:ff9b::a9fe:a9fe", true)]
    [TestCase("2002:7f00:1::", true)]
    [TestCase("fd00::1", true)]
    [TestCase("fe80::1", true)]
    [TestCase("2001:4860:4860::8888", false)]
    public void Addresses_of_ones_own_networks_are_private(string address, bool isPrivate)
    {
        Assert.That(PrivateAddress.Is(IPAddress.Parse(address)), Is.EqualTo(isPrivate));
    }
}
