using System.Runtime.InteropServices;

using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Fetching;
using ClipGuard.Supervision.ReadingAhead;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>Clips that are read before their decode: their bytes, or else the clip's own source, so that the helper finds what is the matter.</summary>
[CancelAfter(60_000)]
internal sealed class ReadAheadSchedulerTests
{
    private const int EPERM = 1;

    private static readonly ReadAheadOptions Always = new() { Always = true };

    private readonly byte[] _bytes = [.. Enumerable.Range(0, 300_000).Select(static n => (byte)(n * 7))];
    private string _folder = string.Empty;
    private string _file = string.Empty;
    private ClipFetcher _fetcher = null!;

    [SetUp]
    public void Prepare()
    {
        _folder = Directory.CreateTempSubdirectory("ahead-").FullName;
        _file = Path.Combine(_folder, "a clip.wav");
        File.WriteAllBytes(_file, _bytes);
        _fetcher = new ClipFetcher(new FetchOptions(), TimeSpan.FromSeconds(20));
    }

    [TearDown]
    public void CleanUp()
    {
        _fetcher.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase(0, null)]
    [TestCase(100_001, 150_000L)]
    public async Task The_bytes_are_behind_a_descriptor_and_nobody_can_change_them(long offset, long? length, CancellationToken cancellation)
    {
        await using ReadAheadScheduler ahead = New(Always);
        using IReadAheadClip clip = ahead.Announce(new FileSource(_file) { Offset = offset, Length = length })!;

        var taken = (DescriptorSource)await TakeAsync(ahead, clip, cancellation);

        Assert.That((taken.Name, taken.Offset, taken.Length), Is.EqualTo(("a clip.wav", 0L, length ?? _bytes.Length)));
        Assert.That(taken.ToString(), Does.StartWith(_file), "named as the file in logs");
        Assert.That(Read(taken), Is.EqualTo(_bytes.AsSpan((int)offset, (int)taken.Length).ToArray()));
        Assert.That(ErrorOfWriting(taken.Descriptor), Is.EqualTo(EPERM));
        Assert.That((ahead.Report.ClipCount, ahead.Report.Bytes, ahead.Report.BytesHeld), Is.EqualTo((1L, (long)taken.Length, (long)taken.Length)));
    }

    [Test]
    public async Task What_no_decode_took_is_counted_and_given_back()
    {
        await using ReadAheadScheduler ahead = New(Always);
        IReadAheadClip clip = ahead.Announce(new FileSource(_file))!;
        Assert.That(() => ahead.Report.InFlightCount == 0 && ahead.Report.BytesHeld == _bytes.Length, Is.True.After(10_000, 1));

        clip.Dispose();
        clip.Dispose();

        Assert.That((ahead.Report.BytesHeld, ahead.Report.UnusedBytes), Is.EqualTo((0L, (long)_bytes.Length)));
    }

    [Test]
    public async Task A_clip_that_was_given_up_is_its_own_source(CancellationToken cancellation)
    {
        await using ReadAheadScheduler ahead = New(Always);
        IReadAheadClip clip = ahead.Announce(new FileSource(_file))!;
        clip.Forget();
        Assert.That(await TakeAsync(ahead, clip, cancellation), Is.EqualTo(new FileSource(_file)));
        Assert.That(clip.Source.ToString(), Is.EqualTo(_file));
    }

    [Test]
    public async Task A_FIFO_is_not_opened(CancellationToken cancellation)
    {
        string fifo = Path.Combine(_folder, "fifo.wav");
        Assert.That(Libc.Mkfifo(fifo, 0x180), Is.Zero);
        using var watch = new FileOpenWatcher(fifo);
        await AssertIsLeftToTheHelperAsync(new FileSource(fifo), cancellation);
        Assert.That(watch.WasOpened(), Is.False);
    }

    [Test]
    public async Task What_a_helper_has_to_say_something_about_is_left_to_it(CancellationToken cancellation)
    {
        string empty = Path.Combine(_folder, "empty.wav");
        await File.WriteAllBytesAsync(empty, [], cancellation);
        await AssertIsLeftToTheHelperAsync(new FileSource(Path.Combine(_folder, "no such file.wav")), cancellation);
        await AssertIsLeftToTheHelperAsync(new FileSource(_folder), cancellation);
        await AssertIsLeftToTheHelperAsync(new FileSource(empty), cancellation);
        await AssertIsLeftToTheHelperAsync(new FileSource(_file) { Offset = 299_999, Length = 2 }, cancellation);
        await AssertIsLeftToTheHelperAsync(new FileSource(_file) { Offset = -1 }, cancellation);
    }

    [Test]
    public async Task A_clip_of_more_than_a_quarter_of_the_bound_is_read_by_its_helper(CancellationToken cancellation)
    {
        await AssertIsLeftToTheHelperAsync(new FileSource(_file), cancellation, Always with { Bytes = (4L * _bytes.Length) - 1 });
    }

    [Test]
    public async Task A_file_that_was_replaced_and_read_before_is_decoded_as_it_was(CancellationToken cancellation)
    {
        await using ReadAheadScheduler ahead = New(Always);
        using IReadAheadClip clip = ahead.Announce(new FileSource(_file))!;
        Assert.That(() => ahead.Report.BytesHeld, Is.EqualTo(_bytes.Length).After(10_000, 1));
        File.Delete(_file);
        Assert.That(Read((DescriptorSource)await TakeAsync(ahead, clip, cancellation)), Is.EqualTo(_bytes));
    }

    [Test]
    public async Task A_read_that_does_not_come_back_holds_up_its_own_clip_alone(CancellationToken cancellation)
    {
        string frozen = Path.Combine(_folder, "frozen.wav");
        File.Copy(_file, frozen);
        using var storage = new ManualResetEventSlim();
        ReadAheadOptions twoReads = Always with { Reads = 2 };
        await using (ReadAheadScheduler ahead = New(twoReads, TimeSpan.FromMilliseconds(200), file => Wait(file.Path == frozen ? storage : null)))
        {
            using IReadAheadClip stuck = ahead.Announce(new FileSource(frozen))!;
            using IReadAheadClip other = ahead.Announce(new FileSource(_file))!;

            Assert.That(await TakeAsync(ahead, other, cancellation), Is.InstanceOf<DescriptorSource>());
            Assert.That(await TakeAsync(ahead, stuck, cancellation), Is.EqualTo(new FileSource(frozen)), "its helper waits, and may be killed");
            Assert.That(ahead.Report, Has.Property("StuckCount").EqualTo(1).And.Property("InFlightCount").EqualTo(1));
            Assert.That(ahead.Report.Waited, Is.GreaterThan(TimeSpan.FromMilliseconds(150)), "that is time waited for bytes");

            // As long as nothing comes back, no more threads are lost to the storage.
            Assert.That(() => ahead.Announce(new FileSource(frozen)), Is.Null.After(5000, 20));
            storage.Set();
            Assert.That(() => ahead.Report.InFlightCount, Is.Zero.After(10_000, 1));
            Assert.That((ahead.Report.UnusedBytes, ahead.Report.BytesHeld), Is.EqualTo((0L, (long)_bytes.Length)), "what came too late is not kept");
        }
    }

    [Test]
    public async Task No_more_is_held_than_the_bound_says_but_for_what_a_decode_waits_for(CancellationToken cancellation)
    {
        await using ReadAheadScheduler ahead = New(Always with { Reads = 8, Bytes = 5L * _bytes.Length });
        IReadAheadClip[] clips = [.. Enumerable.Range(0, 8).Select(_ => ahead.Announce(new FileSource(_file))!)];
        Assert.That(() => ahead.Report.BytesHeld, Is.EqualTo(5L * _bytes.Length).After(10_000, 1));
        await Task.Delay(50, cancellation);
        Assert.That(ahead.Report.BytesHeld, Is.EqualTo(5L * _bytes.Length));

        // Whichever the three are that have no room: each gets its bytes once it is asked for.
        foreach (IReadAheadClip clip in clips)
        {
            Assert.That(await TakeAsync(ahead, clip, cancellation), Is.InstanceOf<DescriptorSource>());
        }

        Array.ForEach(clips, static clip => clip.Dispose());
        Assert.That((ahead.Report.BytesHeld, ahead.Report.UnusedBytes), Is.EqualTo((0L, 0L)));
    }

    [Test]
    public async Task A_clip_at_an_address_is_fetched_once_and_what_came_of_that_counts([Values] bool isThere, CancellationToken cancellation)
    {
        var server = new CountingFetcher(isThere ? _bytes : null);
        using var fetcher = new ClipFetcher(new FetchOptions { Fetchers = [server] }, TimeSpan.FromSeconds(20));
        await using var ahead = new ReadAheadScheduler(new ReadAheadOptions(), fetcher, TimeSpan.FromSeconds(20));
        using IReadAheadClip clip = ahead.Announce(new RemoteSource(new Uri("count://there/a.wav")))!;

        ReadAheadResult taken = await ahead.TakeAsync(((ReadAheadSource)clip.Source).Clip, cancellation);

        Assert.That(server.Asked, Is.EqualTo(1));
        if (isThere)
        {
            Assert.That(Read((DescriptorSource)taken.Source), Is.EqualTo(_bytes));
        }
        else
        {
            Assert.That(taken.Fetched?.Fault?.Kind, Is.EqualTo(FaultKind.Missing));
        }
    }

    [Test]
    public async Task A_fetch_that_nobody_wants_any_more_is_ended(CancellationToken cancellation)
    {
        var server = new CountingFetcher(_bytes) { Hangs = true };
        using var fetcher = new ClipFetcher(new FetchOptions { Fetchers = [server] }, TimeSpan.FromSeconds(20));
        await using var ahead = new ReadAheadScheduler(new ReadAheadOptions(), fetcher, TimeSpan.FromSeconds(20));
        IReadAheadClip clip = ahead.Announce(new RemoteSource(new Uri("count://there/a.wav")))!;
        Assert.That(() => server.Asked, Is.EqualTo(1).After(10_000, 1));
        clip.Dispose();
        Assert.That(() => ahead.Report.InFlightCount, Is.Zero.After(10_000, 1));
        cancellation.ThrowIfCancellationRequested();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_long_range_comes_in_parts_side_by_side(bool sendsRanges, CancellationToken cancellation)
    {
        byte[] bytes = new byte[(20 << 20) + 7];
        new Random(1).NextBytes(bytes);
        var server = new RangeFetcher(bytes, sendsRanges);
        using var fetcher = new ClipFetcher(new FetchOptions { Fetchers = [server], Retries = 0 }, TimeSpan.FromSeconds(20));

        ClipFetchResult fetched = await fetcher.FetchAsync(new RemoteSource(new Uri("range://there/a.mp4")) { Length = bytes.Length }, null, cancellation);

        Assert.That(fetched.Bytes?.Bytes.Span.SequenceEqual(bytes), Is.True, () => fetched.Unsettled?.Message ?? fetched.Fault?.Message ?? "other bytes");
        Assert.That(server.MostAtATime, Is.EqualTo(sendsRanges ? 2 : 1));
    }

    [Test]
    public void Reading_ahead_is_switched_off_by_fast_reads_and_on_again_by_slow_ones()
    {
        var decision = new ReadAheadSwitch();
        Assert.That(decision.IsOn, Is.True);
        Times(16, () => decision.ReadAhead(TimeSpan.FromMilliseconds(20), 1_000_000));
        Assert.That(decision.IsOn, Is.True);
        Times(16, () => decision.ReadAhead(TimeSpan.FromMilliseconds(1), 1_000_000));
        Assert.That(decision.IsOn, Is.False);
        Times(8, () => decision.Decoded(TimeSpan.FromMilliseconds(1), 1_000_000));
        Assert.That(decision.IsOn, Is.False);
        Times(8, () => decision.Decoded(TimeSpan.FromMilliseconds(200), 1_000_000));
        Assert.That(decision.IsOn, Is.True);
    }

    private static void Times(int count, Action action)
    {
        for (int n = 0; n < count; n++)
        {
            action();
        }
    }

    private static void Wait(ManualResetEventSlim? storage) => storage?.Wait();

    private static async Task<ClipSource> TakeAsync(ReadAheadScheduler ahead, IReadAheadClip clip, CancellationToken cancellation) =>
        (await ahead.TakeAsync(((ReadAheadSource)clip.Source).Clip, cancellation)).Source;

    private static unsafe byte[] Read(DescriptorSource source)
    {
        byte[] bytes = new byte[source.Length];
        fixed (byte* start = bytes)
        {
            Assert.That((long)Libc.Pread(source.Descriptor, start, (nuint)bytes.Length, source.Offset), Is.EqualTo(source.Length));
        }

        return bytes;
    }

    private static unsafe int ErrorOfWriting(int descriptor)
    {
        byte one = 1;
        return Libc.Write(descriptor, &one, 1) < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    private async Task AssertIsLeftToTheHelperAsync(FileSource source, CancellationToken cancellation, ReadAheadOptions? options = null)
    {
        await using ReadAheadScheduler ahead = New(options ?? Always);
        using IReadAheadClip clip = ahead.Announce(source)!;
        Assert.That(await TakeAsync(ahead, clip, cancellation), Is.EqualTo(source));
        Assert.That((ahead.Report.BytesHeld, ahead.Report.UnusedBytes, ahead.Report.StuckCount), Is.EqualTo((0L, 0L, 0L)));
    }

    private ReadAheadScheduler New(ReadAheadOptions options, TimeSpan? patience = null, Action<FileSource>? before = null) =>
        new(options, _fetcher, patience ?? TimeSpan.FromSeconds(20), before);

    private sealed class CountingFetcher(byte[]? bytes) : IFetcher
    {
        public int Asked;

        public bool Hangs { get; init; }

        public IReadOnlyCollection<string> Schemes => ["count"];

        public async Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellation = default)
        {
            Interlocked.Increment(ref Asked);
            await Task.Delay(Hangs ? Timeout.Infinite : 0, cancellation);
            return bytes is null ? new FetchAnswer(new FetchFailure(FetchFailureKind.NotFound, "it is not there"))
                : new FetchAnswer(new MemoryStream(bytes)) { Length = bytes.Length };
        }
    }

    /// <summary>Sends ranges, or always the whole. From the second range on it waits until two are asked for at once.</summary>
    private sealed class RangeFetcher(byte[] bytes, bool sendsRanges) : IFetcher
    {
        private readonly TaskCompletionSource _two = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _open;

        public int MostAtATime { get; private set; } = 1;

        public IReadOnlyCollection<string> Schemes => ["range"];

        public async Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellation = default)
        {
            if (!sendsRanges)
            {
                return new FetchAnswer(new MemoryStream(bytes)) { Length = bytes.Length, ObjectLength = bytes.Length };
            }

            if (request.Offset > 0)
            {
                Assert.That(request.Version, Is.EqualTo("v1"), "held to the version of the first part");
                if (Interlocked.Increment(ref _open) == 2)
                {
                    MostAtATime = 2;
                    _two.SetResult();
                }

                await _two.Task.WaitAsync(cancellation);
            }

            int length = (int)Math.Min(request.Length!.Value, bytes.Length - request.Offset);
            return new FetchAnswer(new MemoryStream(bytes, (int)request.Offset, length))
            {
                Offset = request.Offset,
                Length = length,
                ObjectLength = bytes.Length,
                Version = "v1",
            };
        }
    }
}
