using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>What a transform hook may do to samples, and what happens where it fails.</summary>
[CancelAfter(120_000)]
internal sealed class TransformTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task It_changes_values_and_shapes_and_clips_are_padded_to_what_it_made()
    {
        using var run = new LoaderRun(["/ok/1/2", "/ok/2/5", "/ok/3/4"]);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with
        {
            BatchSize = 3,
            Shuffle = ShuffleMode.None,
            Transform = static context =>
            {
                TransformClip clip = context.Clips[0];
                Span<float> old = clip.AsSpan<float>();
                if (context.BatchSample.Line == 1)
                {
                    old[1] = 9;
                    return;
                }

                // Two channels of all but the first sample: the earlier elements are still there while the new ones are filled.
                var made = clip.Replace<float>([2, old.Length - 1]);
                for (int i = 1; i < old.Length; i++)
                {
                    (made[0, i - 1], made[1, i - 1]) = (old[i], -old[i]);
                }
            },
        });

        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                BatchTensor audio = batch["audio"];
                Assert.That(audio.Shape.ToArray(), Is.EqualTo(new nint[] { 3, 2, 4 }));
                Assert.That(audio.Lengths, Is.EqualTo(new[] { 2, 4, 3 }));
                Assert.That(audio.IsContiguous, Is.True, "room is made for what the hook left, not for what was decoded");
                Assert.That(Dense(audio), Is.EqualTo(new[]
                {
                    1, 9, 0, 0, 0, 0, 0, 0,
                    2.001f, 2.002f, 2.003f, 2.004f, -2.001f, -2.002f, -2.003f, -2.004f,
                    3.001f, 3.002f, 3.003f, 0, -3.001f, -3.002f, -3.003f, 0,
                }));
                Assert.That(batch.Report.Faults, Is.Empty);
            }
        }
    }

    [TestCase(BadSamplePolicy.Mask)]
    [TestCase(BadSamplePolicy.Skip)]
    [TestCase(BadSamplePolicy.Substitute)]
    public async Task Where_it_throws_the_sample_is_bad_and_the_others_are_as_without(BadSamplePolicy policy)
    {
        using LoaderRun run = LoaderRun.Of(40);
        var thrown = new InvalidOperationException("no crop fits");
        var log = new RecordingLog();
        LoaderOptions options = LoaderRun.Options with { OnBadSample = policy, Shuffle = ShuffleMode.None };
        await using ClipLoader loader = await run.OpenAsync(
            options with { Transform = context => _ = context.BatchSample.Line % 10 == 3 ? throw thrown : 0 }, log);

        List<SeenBatch> batches = await LoaderRun.ReadAsync(loader);

        SampleFault[] faults = [.. batches.SelectMany(batch => batch.Faults).Where(fault => fault.SubstituteNumber == 0)];
        Assert.That(faults.Select(fault => fault.Line), Is.EqualTo(new[] { 3, 13, 23, 33 }));
        Assert.That(faults.Select(fault => fault.Exception), Is.All.SameAs(thrown));
        Assert.That(faults.Select(fault => (fault.Kind, fault.Verdict)), Is.All.EqualTo(((FaultKind?)null, (ClipFault?)null)));
        Assert.That(faults[0].Message, Does.Contain("InvalidOperationException").And.Contain("no crop fits"));
        Assert.That(log.Exceptions, Has.Length.EqualTo(loader.LastEpoch!.TransformFailureCount).And.All.SameAs(thrown));
        Assert.That(log.Lines, Has.Some.Contains("Line 13").And.Some.Contains("no crop fits"));
        Assert.That(loader.LastEpoch, Has.Property("BadRowCount").Zero);

        BatchSample[] samples = [.. batches.SelectMany(batch => batch.Samples)];
        Assert.That(
            samples.Where(sample => sample is { IsMasked: false, IsSubstitute: false }).Select(sample => sample.Line),
            Is.EqualTo(Enumerable.Range(1, 40).Where(line => line % 10 != 3)));
        Assert.That(samples, Has.Length.EqualTo(policy == BadSamplePolicy.Skip ? 36 : 40));
        Assert.That(samples.Count(sample => sample.IsMasked), Is.EqualTo(policy == BadSamplePolicy.Mask ? 4 : 0));
        Assert.That(
            samples.Where(sample => sample.IsSubstitute).Select(sample => sample.Position),
            Is.EqualTo(policy == BadSamplePolicy.Substitute ? new[] { 2, 12, 22, 32 } : []));

        string[] without = [.. (await run.ReadAsync(options)).Select(batch => batch.Content)];
        string[] untouched = [.. batches.Where(batch => batch.Faults.Count == 0).Select(batch => batch.Content)];
        Assert.That(untouched, Is.SubsetOf(without).And.Length.EqualTo(6));
    }

    [Test]
    public async Task Under_the_policy_Throw_the_loop_ends_with_what_it_threw()
    {
        using LoaderRun run = LoaderRun.Of(8);
        LoaderOptions options = LoaderRun.Options with
        {
            OnBadSample = BadSamplePolicy.Throw,
            Transform = static _ => throw new InvalidOperationException("no"),
        };

        BadSampleException? error = Assert.ThrowsAsync<BadSampleException>(() => run.ReadAsync(options));

        Assert.That(error!.Faults.Single().Exception, Is.InstanceOf<InvalidOperationException>());
    }

    [Test]
    public async Task A_hook_that_always_throws_exceeds_the_budget_and_no_row_is_left_out_for_it()
    {
        using LoaderRun run = LoaderRun.Of(300);
        LoaderOptions broken = LoaderRun.Options with
        {
            Budget = new FailureBudget(),
            Transform = static _ => throw new InvalidOperationException("wrong size"),
        };
        Assert.That(() => run.ReadAsync(broken), Throws.InstanceOf<BadSampleException>().With.Message.Contains("wrong size"));

        await using ClipLoader loader = await run.OpenAsync(
            broken with { Budget = FailureBudget.Unlimited, OnBadSample = BadSamplePolicy.Mask, ExcludeFailed = true });
        await LoaderRun.ReadAsync(loader);

        Assert.That(loader.State.ExcludedLines, Is.Empty);
        Assert.That(loader.LastEpoch!.TransformFailureCount, Is.EqualTo(300));
    }

    [TestCase(BadSamplePolicy.Mask)]
    [TestCase(BadSamplePolicy.Throw)]
    [TestCase(BadSamplePolicy.Skip)]
    [TestCase(BadSamplePolicy.Substitute)]
    public async Task What_it_drops_is_no_failure(BadSamplePolicy policy)
    {
        using LoaderRun run = LoaderRun.Of(200);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with
        {
            OnBadSample = policy,
            Budget = new FailureBudget { MaxFaults = 0 },
            Shuffle = ShuffleMode.None,
            Transform = static context =>
            {
                if (context.BatchSample is { Line: <= 100, SubstituteNumber: 0 })
                {
                    context.Drop("too quiet");
                }
            },
        });

        List<SeenBatch> batches = await LoaderRun.ReadAsync(loader);

        SampleFault[] faults = [.. batches.SelectMany(batch => batch.Faults)];
        Assert.That(faults.Select(fault => fault.Line), Is.EqualTo(policy == BadSamplePolicy.Skip ? [] : Enumerable.Range(1, 100)));
        Assert.That(faults.Select(fault => fault.IsDropped), Is.All.True);
        Assert.That(faults.Select(fault => fault.Message), Is.All.Contains("too quiet"));
        Assert.That((loader.LastEpoch!.DroppedCount, loader.LastEpoch.BadRowCount), Is.EqualTo((100, 0)));
        BatchSample[] samples = [.. batches.SelectMany(batch => batch.Samples)];
        Assert.That(samples.Count(sample => sample.IsMasked), Is.EqualTo(policy is BadSamplePolicy.Mask or BadSamplePolicy.Throw ? 100 : 0));
        Assert.That(samples.Count(sample => sample.IsSubstitute), Is.EqualTo(policy == BadSamplePolicy.Substitute ? 100 : 0));
    }

    [Test]
    public async Task What_cannot_be_part_of_the_tensor_is_refused_in_the_hook()
    {
        using var run = new LoaderRun(["/ok/1/2", "/ok/2/2", "/ok/3/2", "/ok/4/2"]);
        LoaderOptions options = LoaderRun.Options with
        {
            OnBadSample = BadSamplePolicy.Mask,
            Shuffle = ShuffleMode.None,
            MaxPaddedBytes = 4 * 4 * 100,
            Transform = static context =>
            {
                TransformClip clip = context.Clips[0];
                _ = context.BatchSample.Line switch
                {
                    1 => clip.Replace<float>([1, 1, 1]).Rank,
                    2 => clip.Replace<float>([1, 0]).Rank,
                    3 => clip.AsSpan<byte>().Length,
                    _ => clip.Replace<float>([1, 101]).Rank,
                };
            },
        };

        SampleFault[] faults = [.. (await run.ReadAsync(options)).Single().Faults];

        Assert.That(
            faults.Select(fault => (fault.Exception?.GetType(), fault.Kind)),
            Is.EqualTo(new (Type?, FaultKind?)[]
            {
                (typeof(ArgumentException), null),
                (typeof(ArgumentOutOfRangeException), null),
                (typeof(InvalidCastException), null),
                (null, FaultKind.LimitExceeded),
            }));
    }

    [Test]
    public async Task Nothing_of_it_can_be_used_afterwards()
    {
        using LoaderRun run = LoaderRun.Of(1);
        TransformClip? kept = null;

        await run.ReadAsync(LoaderRun.Options with { Transform = context => kept = context.Clips[0] });

        Assert.That(() => kept!.AsSpan<float>(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => kept!.Replace<float>([1, 1]), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Several_run_at_once_and_while_the_consumer_does_something_else()
    {
        using LoaderRun run = LoaderRun.Of(16);
        using var firstTwo = new CountdownEvent(2);
        int begun = 0;
        using var laterOnes = new CountdownEvent(8);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with
        {
            Transform = context =>
            {
                // The first waits for a second one to be running: one after the other they would never get past this.
                if (Interlocked.Increment(ref begun) <= 2)
                {
                    firstTwo.Signal();
                    Assert.That(firstTwo.Wait(Patience), Is.True);
                }

                if (context.BatchSample.Position >= 8)
                {
                    laterOnes.Signal();
                }
            },
        });
        await using IAsyncEnumerator<Batch> batches = loader.GetAsyncEnumerator();
        await batches.MoveNextAsync();

        // This thread is the consumer's, and it asks for nothing meanwhile.
        Assert.That(laterOnes.Wait(Patience), Is.True);
        Assert.That(batches.Current.Report.Faults, Is.Empty);
        batches.Current.Dispose();
    }

    [Test]
    public async Task Its_cancellation_tells_that_the_loop_ends()
    {
        using LoaderRun run = LoaderRun.Of(16);
        using var running = new ManualResetEventSlim();
        ClipLoader loader = await run.OpenAsync(LoaderRun.Options with
        {
            Transform = context =>
            {
                running.Set();
                Assert.That(context.Cancellation.WaitHandle.WaitOne(Patience), Is.True);
                context.Cancellation.ThrowIfCancellationRequested();
            },
        });
        IAsyncEnumerator<Batch> batches = loader.GetAsyncEnumerator();
        Task<bool> reading = batches.MoveNextAsync().AsTask();
        Assert.That(running.Wait(Patience), Is.True);

        await loader.DisposeAsync();

        await Assert.ThatAsync(() => reading, Throws.InstanceOf<ObjectDisposedException>());
        await batches.DisposeAsync();
    }

    [Test]
    public void A_crop_is_a_slice_and_frame_times_stay_with_their_frames()
    {
        byte[] payload = [.. Enumerable.Range(0, 2 * 3 * 4 * 3).Select(static i => (byte)i)];
        var decoded = new DecodedClip(ElementType.UInt8, [2, 3, 4, 3]) { FrameTimesSeconds = [0, 0.5] };
        var held = new HeldClip(ClipKind.Video, 0, decoded, payload);
        var clip = new TransformClip(new ClipReference(ClipKind.Video, "/a.mp4", "a.mp4"), held);

        clip.AsTensorSpan<byte>().Slice([0..2, 1..3, 2..4, 0..3]).CopyTo(clip.Replace<byte>([2, 2, 2, 3]));

        byte[] expected =
        [
            .. from frame in Enumerable.Range(0, 2)
               from row in Enumerable.Range(1, 2)
               from column in Enumerable.Range(2, 2)
               from channel in Enumerable.Range(0, 3)
               select payload[(((((frame * 3) + row) * 4) + column) * 3) + channel],
        ];
        Assert.That(held.Payload.ToArray(), Is.EqualTo(expected));
        Assert.That(clip.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0, 0.5 }));

        clip.Replace<byte>([1, 2, 2, 3]);
        Assert.That(clip.Clip.FrameTimesSeconds, Is.Empty, "they are those of two frames");
        clip.Replace<byte>([1, 2, 2, 3], [0.5]);
        Assert.That(clip.Clip.FrameTimesSeconds, Is.EqualTo(new[] { 0.5 }));
        Assert.That(() => clip.Replace<byte>([1, 2, 2, 3], [0.5, 1]), Throws.ArgumentException);
    }

    private static float[] Dense(BatchTensor tensor)
    {
        float[] dense = new float[tensor.AsTensorSpan<float>().FlattenedLength];
        tensor.AsTensorSpan<float>().FlattenTo(dense);
        return dense;
    }
}
