namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>Starts of helpers that have failed one after the other, and when that is the installation's fault and no passing failure. Pure.</summary>
internal sealed class StartFailures
{
    /// <summary>Starts that may fail one after the other, while no helper decodes, before the installation is given up.</summary>
    public const int Most = 3;

    /// <summary>The same while other helpers still decode.</summary>
    public const int MostWhileOthersDecode = 10;

    // Since a helper was last ready. _inARow ≥ Most where Reason is one of a helper that may be tried again.
    private int _inARow;

    /// <summary>True from the first failure until a helper is ready.</summary>
    public bool Any => _inARow > 0;

    /// <summary>Why no helper can be started, as it looks now: starts are put off. Null where they may go on.</summary>
    public HelperUnavailableException? Reason { get; private set; }

    /// <summary>True where <see cref="Reason"/> is final although other helpers still decode: second attempts need new helpers.</summary>
    public bool AreFinal => _inARow >= MostWhileOthersDecode;

    /// <summary>A start has failed.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="decoderMissing">True where the helper has said that there is no decoder, which another try does not change.</param>
    public void Add(string reason, bool decoderMissing)
    {
        _inARow++;
        if (decoderMissing || _inARow >= Most)
        {
            Reason = new HelperUnavailableException(
                decoderMissing ? reason : $"Helpers cannot be started ({_inARow} tries in a row failed). {reason}", decoderMissing);
        }
    }

    /// <summary>A helper is ready.</summary>
    public void Forget()
    {
        _inARow = 0;
        Reason = null;
    }
}
