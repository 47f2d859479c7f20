using System.Runtime.InteropServices;

namespace ClipGuard.ProcessTests.Support;

/// <summary>Signals to processes, by their names. (The program <c>kill</c> is no part of a small installation.)</summary>
internal static partial class Signals
{
    /// <param name="name">The signal's name, as <c>TERM</c>.</param>
    /// <param name="processes">Who gets it.</param>
    /// <returns>True where all of them were there to get it.</returns>
    public static bool Send(string name, params int[] processes)
    {
        int number = name switch
        {
            "INT" => 2,
            "KILL" => 9,
            "USR1" => 10,
            "TERM" => 15,
            "CONT" => 18,
            "STOP" => 19,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not a signal that tests send."),
        };
        return processes.Count(process => Kill(process, number) == 0) == processes.Length;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
