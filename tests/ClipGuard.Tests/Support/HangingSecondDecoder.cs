using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Tests.Support;

/// <summary>A second decoder that never comes to an end with one file, until it is cancelled.</summary>
/// <param name="inner">What decodes the others.</param>
/// <param name="held">The file's name.</param>
internal sealed class HangingSecondDecoder(IGuardedDecoder inner, string held) : IGuardedDecoder
{
    private volatile bool _isHolding;

    /// <summary>True once it was asked for that file.</summary>
    public bool IsHolding => _isHolding;

    public string DecoderVersion => inner.DecoderVersion;

    public SandboxLevel Sandbox => inner.Sandbox;

    public IReadOnlyList<string> Kinds => inner.Kinds;

    public ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<DecodeOutcome> ContinueAsync(DecodeRequest request, ClipFault firstFailure, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public async ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation)
    {
        if (Path.GetFileName(((FileSource)request.Source).Path) == held)
        {
            _isHolding = true;
            await Task.Delay(Timeout.Infinite, cancellation);
        }

        return await inner.SettleAsync(request, cancellation);
    }
}
