using ClipGuard.Runs;
using ClipGuard.Verdicts;

namespace ClipGuard.Loading;

/// <summary>
/// Batches of a manifest for a training loop: what a loop needs of a <see cref="ClipLoader"/>, so that a test can put another in its place. Each
/// <c>await foreach</c> over it yields what is left of the present epoch; the next one yields the next epoch. One loop at a time.
/// </summary>
public interface IClipLoader : IAsyncEnumerable<Batch>, IAsyncDisposable
{
    /// <summary>0-based number of the epoch that is read now or next.</summary>
    int Epoch { get; }

    /// <summary>How many batches every rank has in the present segment of this epoch; null where that is known only at the end.</summary>
    long? BatchCount { get; }

    /// <summary>Where the loader is: after the batch that was yielded last.</summary>
    LoaderState State { get; }

    /// <summary>The report of the last epoch, or of the part of it that was read; null before the first.</summary>
    EpochReport? LastEpoch { get; }

    /// <summary>
    /// Goes on where a state was taken. With the same number of ranks as then, this rank's own state is enough. With another number, give the states of all
    /// the ranks of then, or any one of them where all had consumed the same number of batches; the samples that were not consumed are distributed again.
    /// </summary>
    /// <param name="states">One state, or one of every rank.</param>
    /// <exception cref="LoaderStateException">They do not belong to this manifest, these settings, or one another.</exception>
    /// <exception cref="InvalidOperationException">A loop is reading.</exception>
#pragma warning disable CA1716 // A keyword of Visual Basic, which can be written there in brackets; the word is the field's.
    void Resume(params IReadOnlyList<LoaderState> states);
#pragma warning restore CA1716

    /// <summary>
    /// Makes a snapshot of the verdict store as it is now, for <see cref="UseSnapshotAsync"/> on every rank. One rank does this, once all ranks have ended an
    /// epoch, and tells the others its id.
    /// </summary>
    /// <param name="cancellation">Abandons it.</param>
    /// <returns>Its id: 32 hexadecimal digits.</returns>
    /// <exception cref="InvalidOperationException">The loader has no verdict store.</exception>
    /// <exception cref="OutputException">It cannot be written.</exception>
    Task<string> TakeSnapshotAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Leaves the rows with a snapshot's clips out of the epoch that is about to begin and of those after it. Every rank has to be given the same one.
    /// The manifest is gone through once for it.
    /// </summary>
    /// <param name="id">The snapshot's id.</param>
    /// <param name="cancellation">Abandons it; the loader is as it was.</param>
    /// <exception cref="InvalidOperationException">The loader has no verdict store, a loop is reading, or the present epoch has begun.</exception>
    /// <exception cref="SnapshotException">There is no such snapshot, it is damaged, or its verdicts were come to under other settings.</exception>
    Task UseSnapshotAsync(string id, CancellationToken cancellation = default);
}
