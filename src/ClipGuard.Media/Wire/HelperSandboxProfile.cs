namespace ClipGuard.Media.Wire;

/// <summary>What a helper is confined to from birth, beside its sandbox level.</summary>
internal enum HelperSandboxProfile
{
    /// <summary>It writes no file.</summary>
    Decoder,

    /// <summary>It writes into a scratch folder of its own and to /dev/null, as programs do that were not made for this.</summary>
    Program,
}
