using NUnit.Framework;

namespace ClipGuard.Tests.Support;

/// <summary>Counts that go up for a while.</summary>
internal static class StableCount
{
    /// <summary>Waits until a count that has come so far no longer changes: what is to be shown is that it stops there.</summary>
    public static async Task<int> OfAsync(Func<int> count, int atLeast)
    {
        while (count() < atLeast)
        {
            await Task.Delay(10, TestContext.CurrentContext.CancellationToken);
        }

        int last = -1;
        while (last != count())
        {
            last = count();
            await Task.Delay(300);
        }

        return last;
    }
}
