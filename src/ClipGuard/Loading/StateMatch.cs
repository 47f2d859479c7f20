namespace ClipGuard.Loading;

/// <summary>Finds out where a loader goes on, from states that were taken before.</summary>
internal static class StateMatch
{
    /// <param name="states">One state, or one of every rank.</param>
    /// <param name="now">The state of the loader that is to go on, of which the settings count.</param>
    /// <exception cref="LoaderStateException">They do not belong together.</exception>
    public static EpochProgress Resume(IReadOnlyList<LoaderState> states, LoaderState now)
    {
        Check(states, now);
        LoaderState first = states[0];
        bool isSameLeg = first.World == now.World && first.BatchSize == now.BatchSize;
        LoaderState own = states.FirstOrDefault(state => isSameLeg && state.Rank == now.Rank) ?? first;
        if (isSameLeg && (states.Count == 1 || own.Rank == now.Rank))
        {
            return new EpochProgress(own.Epoch, own.Legs, own.LeftOutLines, own.Consumed, [.. own.ConsumedAhead]);
        }

        if (states.Any(static state => state.ConsumedAhead.Count > 0))
        {
            throw new LoaderStateException("The state was taken between batches that came out of order; resume it with the same ranks and batch size first.");
        }

        long[] consumed = new long[first.World];
        consumed.AsSpan().Fill(first.Consumed);
        foreach (LoaderState state in states)
        {
            consumed[state.Rank] = state.Consumed;
        }

        return EpochProgress.Start(first.Epoch, [.. first.Legs, new PlanLeg(first.World, first.BatchSize, consumed)], first.LeftOutLines);
    }

    private static void Check(IReadOnlyList<LoaderState> states, LoaderState now)
    {
        if (states.Count == 0)
        {
            throw new LoaderStateException("There is no state to resume from.");
        }

        LoaderState first = states[0];
        Same("manifest", first.Manifest, now.Manifest, "it has changed, or it is another one");
        Same("seed", first.Seed, now.Seed, "set the same");
        Same("shuffle", first.Shuffle, now.Shuffle, "set the same");
        Same("shuffle window", first.ShuffleWindow, now.ShuffleWindow, "set the same");
        if (states.Count > 1)
        {
            bool isOneRun = states.All(state => state.Epoch == first.Epoch && state.World == first.World && state.BatchSize == first.BatchSize
                && state.Manifest == first.Manifest && state.Seed == first.Seed && state.LeftOutLines.SequenceEqual(first.LeftOutLines)
                && state.Legs.Count == first.Legs.Count);
            bool isEveryRank = states.Select(static state => state.Rank).Order().SequenceEqual(Enumerable.Range(0, first.World));
            if (!isOneRun || !isEveryRank)
            {
                throw new LoaderStateException($"{states.Count} states do not make one run: give one of each of the {first.World} ranks, all of the same epoch, or just one.");
            }
        }
    }

    private static void Same<T>(string what, T then, T now, string hint)
    {
        if (!EqualityComparer<T>.Default.Equals(then, now))
        {
            throw new LoaderStateException($"The state's {what} is {then}, the loader's is {now}: {hint}.");
        }
    }
}
