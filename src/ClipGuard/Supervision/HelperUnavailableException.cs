namespace ClipGuard.Supervision;

/// <summary>No helper can be started, or helpers keep failing: the installation or the machine is at fault, never a clip.</summary>
public sealed class HelperUnavailableException : Exception
{
    /// <summary>An exception that says what is wrong with the installation.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="decoderMissing">True where the decoder's libraries are missing or of the wrong version.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public HelperUnavailableException(string message, bool decoderMissing = false, Exception? inner = null)
        : base(message, inner) => DecoderMissing = decoderMissing;

    /// <summary>True where the decoder's libraries are missing or of the wrong version.</summary>
    public bool DecoderMissing { get; }

    /// <summary>True where the storage that the clips lie on has not answered for too long.</summary>
    public bool StorageIsSilent { get; init; }
}
