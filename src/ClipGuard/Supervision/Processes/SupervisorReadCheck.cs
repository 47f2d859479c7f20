using ClipGuard.Media;
using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// Whether this process may read what a helper may not: helpers are confined, and where that is what stands between them and a clip, the clip is not to blame.
/// </summary>
internal static class SupervisorReadCheck
{
    /// <summary>Asks the storage, on the thread pool and for a limited time: where it does not answer, the helper's word stands.</summary>
    /// <param name="source">The clip's source.</param>
    /// <param name="limit">The longest wait; the question itself cannot be ended, and is left to itself.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<bool> MayReadAsync(ClipSource source, TimeSpan limit, CancellationToken cancellation)
    {
        string[] paths = source switch
        {
            FileSource file => [file.Path],
            FileListSource list => [.. list.Paths],
            _ => [],
        };
        Task<bool> asking = Task.Run(() => paths.Length > 0 && Array.TrueForAll(paths, FileFacts.MayRead), CancellationToken.None);
        try
        {
            return await asking.WaitAsync(limit, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
