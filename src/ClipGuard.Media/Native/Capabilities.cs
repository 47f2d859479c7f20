namespace ClipGuard.Media.Native;

/// <summary>
/// What a thread may do beyond the rights of its user (capabilities(7)), and the giving up of it. All of it belongs to the calling thread, and to what that
/// thread starts later: other threads of the process keep theirs.
/// </summary>
internal static unsafe class Capabilities
{
    /// <summary>To read files and folders whatever their permissions say.</summary>
    public const int DacReadSearch = 2;

    // To change the bounding set and the secure bits.
    private const int SetPcap = 8;

    // Each with its lock: root gains nothing by starting a program (NOROOT), a change of user changes nothing (NO_SETUID_FIXUP), none is kept over one
    // (KEEP_CAPS, locked at 0), and none is handed on that is not handed on already (NO_CAP_AMBIENT_RAISE).
    private const nuint LockedBits = 0b1110_1111;

    /// <summary>
    /// Gives up every capability but one that the calling thread and what it starts from now on have or could get. There is no way back. A thread that has
    /// none, as those of other users than root, loses nothing, and neither is what only some capabilities allow an error where they are not there.
    /// </summary>
    /// <param name="kept">The one that stays, and passes to programs that are started, where the thread has it; null for none.</param>
    /// <returns>Null, or why the kernel refuses.</returns>
    public static string? KeepOnly(int? kept)
    {
        // With this, no program gives its starter more than that has: what cannot be taken out of the bounding set below does not come back either.
        if (Libc.Prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        {
            return $"no_new_privs: {Libc.LastError()}";
        }

        if (!TryGet(out Sets sets))
        {
            return $"capget: {Libc.LastError()}";
        }

        ulong keeps = kept is { } number ? Bit(number) & sets.Permitted : 0;
        _ = Libc.Prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        if (!TrySet(sets with { Inheritable = keeps }))
        {
            // It is not in the bounding set, and so cannot be handed on.
            keeps = 0;
        }

        if (keeps != 0)
        {
            _ = Libc.Prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_RAISE, (nuint)kept!.Value, 0, 0);
        }

        if ((sets.Effective & Bit(SetPcap)) != 0)
        {
            _ = Libc.Prctl(Libc.PR_SET_SECUREBITS, LockedBits, 0, 0, 0);
            EmptyBoundingSet(kept);
        }

        return TrySet(new Sets(keeps, keeps, keeps)) ? null : $"capset: {Libc.LastError()}";
    }

    /// <summary>Whether the calling thread has a capability now.</summary>
    public static bool Has(int number) => TryGet(out Sets sets) && (sets.Effective & Bit(number)) != 0;

    // The first number that the kernel does not know ends it.
    private static void EmptyBoundingSet(int? kept)
    {
        for (int number = 0; number == kept || Libc.Prctl(Libc.PR_CAPBSET_DROP, (nuint)number, 0, 0, 0) == 0; number++)
        {
        }
    }

    private static ulong Bit(int number) => 1UL << number;

    private static bool TryGet(out Sets sets)
    {
        var header = new Libc.CapabilityHeader { Version = Libc.CapabilityHeader.Version3 };
        Libc.CapabilitySets* halves = stackalloc Libc.CapabilitySets[2];
        if (Libc.CapGet(&header, halves) != 0)
        {
            sets = default;
            return false;
        }

        sets = new Sets(
            halves[0].Effective | ((ulong)halves[1].Effective << 32),
            halves[0].Permitted | ((ulong)halves[1].Permitted << 32),
            halves[0].Inheritable | ((ulong)halves[1].Inheritable << 32));
        return true;
    }

    private static bool TrySet(Sets sets)
    {
        var header = new Libc.CapabilityHeader { Version = Libc.CapabilityHeader.Version3 };
        Libc.CapabilitySets* halves = stackalloc Libc.CapabilitySets[2];
        for (int half = 0; half < 2; half++)
        {
            halves[half] = new Libc.CapabilitySets
            {
                Effective = (uint)(sets.Effective >> (32 * half)),
                Permitted = (uint)(sets.Permitted >> (32 * half)),
                Inheritable = (uint)(sets.Inheritable >> (32 * half)),
            };
        }

        return Libc.CapSet(&header, halves) == 0;
    }

    private readonly record struct Sets(ulong Effective, ulong Permitted, ulong Inheritable);
}
