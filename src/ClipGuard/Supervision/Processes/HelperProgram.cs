namespace ClipGuard.Supervision.Processes;

/// <summary>Where ClipGuard's own helper lies.</summary>
internal static class HelperProgram
{
    /// <summary>The helper's file name.</summary>
    public const string Name = "ClipGuard.Helper";

    /// <summary>The folder beside a program into which the package <c>ClipGuard</c> lays the helper (its <c>buildTransitive/ClipGuard.targets</c>).</summary>
    public const string PackageFolder = "clipguard-helper";

    /// <summary>Finds the helper: beside this program, as the command has it, or in its own folder there, as programs that use the package have it.</summary>
    /// <exception cref="HelperUnavailableException">It is in neither place.</exception>
    public static string Find() => FindBeside(AppContext.BaseDirectory);

    /// <inheritdoc cref="Find"/>
    /// <param name="folder">The folder of the program. Of a single file it is the one that the file lies in.</param>
    public static string FindBeside(string folder)
    {
        string beside = Path.Combine(folder, Name);
        string packaged = Path.Combine(folder, PackageFolder, Name);
        return File.Exists(packaged) ? packaged
            : File.Exists(beside) ? beside
            : throw new HelperUnavailableException(
                $"ClipGuard's helper is missing: neither {packaged} nor {beside} exists. The package ClipGuard lays it into a program's output, for a "
                + "self-contained program with the package ClipGuard.Helper.linux-x64 or ClipGuard.Helper.linux-arm64: copy the whole output. "
                + "A program that references ClipGuard's project references the project ClipGuard.Helper too. SupervisorOptions.HelperPath names another.");
    }

    /// <summary>
    /// The folder of the runtime that runs this program, for helpers that use the same; null where the program brings its own.
    /// </summary>
    /// <param name="coreLibrary">Where the runtime's core library was loaded from; empty in a self-contained single file.</param>
    public static string? RuntimeRoot(string coreLibrary)
    {
        // A framework-dependent program runs from <root>/shared/Microsoft.NETCore.App/<version>/.
        DirectoryInfo? shared = coreLibrary.Length == 0 ? null : Directory.GetParent(coreLibrary)?.Parent?.Parent;
        return shared?.Name == "shared" ? shared.Parent?.FullName : null;
    }
}
