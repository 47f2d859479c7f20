using System.Text.Json.Serialization;

namespace ClipGuard.Media.Wire;

/// <summary>What the supervisor says to a guardian. The end of the connection means that everything is to end.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(HoldFolderCommand), "hold")]
[JsonDerivedType(typeof(RunToolCommand), "run")]
internal abstract record GuardianCommand;

/// <summary>A session begins: this is its folder, which is removed when the connection ends. Nothing is answered.</summary>
/// <param name="Folder">Absolute path.</param>
internal sealed record HoldFolderCommand(string Folder) : GuardianCommand;

/// <summary>
/// Run the session's program, once, and say <see cref="ToolStartedMessage"/> and <see cref="ToolExitedMessage"/>, or
/// <see cref="ToolNotStartedMessage"/>.
/// </summary>
/// <param name="Program">Absolute path.</param>
/// <param name="Arguments">Arguments, the program's name first.</param>
internal sealed record RunToolCommand(string Program, IReadOnlyList<string> Arguments) : GuardianCommand;

/// <summary>The tool runs.</summary>
/// <param name="Pid">Its process id.</param>
internal sealed record ToolStartedMessage(int Pid) : HelperMessage;

/// <summary>The tool could not be started.</summary>
/// <param name="Reason">The system's sentence.</param>
internal sealed record ToolNotStartedMessage(string Reason) : HelperMessage;

/// <summary>The tool has ended, and every process that it left behind has ended too.</summary>
/// <param name="Status">How it ended, as wait(2) has it.</param>
internal sealed record ToolExitedMessage(int Status) : HelperMessage
{
    /// <summary>Processes that outlived the tool and were ended.</summary>
    public int LeftBehind { get; init; }

    /// <summary>CPU seconds of the tool and all its children.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>Most resident memory of any one of them, in bytes; 0 where it is not to be known.</summary>
    public long PeakMemoryBytes { get; init; }
}
