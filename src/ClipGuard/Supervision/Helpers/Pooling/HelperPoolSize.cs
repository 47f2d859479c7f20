using System.Diagnostics;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>How many helpers a pool has and is to have. Pure.</summary>
/// <param name="workers">Decodes that compute at a time: one helper is kept for each.</param>
/// <param name="spares">Helpers that are kept beside those, warm for when one is lost.</param>
internal sealed class HelperPoolSize(int workers, int spares)
{
    // 0 ≤ _withoutProcess ≤ Starting ≤ _wanted.
    // _wanted: started or to be started, and may decode yet; those that can decode no more count no longer, whether or not they have ended.
    private int _wanted;
    private int _withoutProcess;

    /// <summary>Those that have not said yet that they are ready.</summary>
    public int Starting { get; private set; }

    /// <summary>True where some starts have not come back with a process, or a failure.</summary>
    public bool AwaitsProcesses => _withoutProcess > 0;

    /// <summary>True once spares are kept too. It stays so.</summary>
    public bool KeepsSpares { get; set; }

    /// <summary>True where there are more than are kept.</summary>
    public bool AreMoreThanKept => _wanted > Kept;

    private int Kept => workers + (KeepsSpares ? spares : 0);

    /// <summary>True where there are fewer than are kept and so many beside.</summary>
    public bool AreFewerThanKeptAnd(int beside) => _wanted < Kept + beside;

    /// <summary>A start is asked for.</summary>
    public void BeginStart()
    {
        _wanted++;
        Starting++;
        _withoutProcess++;
        Check();
    }

    /// <summary>A start has given a process, which has not said yet that it is ready.</summary>
    public void HasProcess()
    {
        _withoutProcess--;
        Check();
    }

    /// <summary>A start has given no process.</summary>
    public void FailStart()
    {
        _withoutProcess--;
        Starting--;
        _wanted--;
        Check();
    }

    /// <summary>A helper has said for the first time that it is ready.</summary>
    public void BecomeReady()
    {
        Starting--;
        Check();
    }

    /// <summary>A helper can decode no more.</summary>
    /// <param name="wasReady">False where it never said that it is ready.</param>
    public void Lose(bool wasReady)
    {
        _wanted--;
        Starting -= wasReady ? 0 : 1;
        Check();
    }

    private void Check() => Debug.Assert(
        _withoutProcess >= 0 && _withoutProcess <= Starting && Starting <= _wanted, "Each helper is counted once, in the order of its life.");
}
